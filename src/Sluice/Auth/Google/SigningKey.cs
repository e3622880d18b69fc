using System.Security.Cryptography;
using Sluice.Storage;

namespace Sluice.Auth.Google;

/// <summary>What identity tokens are signed with: one key, made when it is first asked for and kept, sealed, in the database.</summary>
internal sealed class SigningKey : IDisposable
{
    private readonly Lock _lock = new();
    private readonly RSA _key;

    private SigningKey(string id, RSA key, byte[] certificate) => (Id, _key, Certificate) = (id, key, certificate);

    /// <summary>The <c>kid</c>.</summary>
    public string Id { get; }

    /// <summary>Self-signed; carries the public key.</summary>
    public byte[] Certificate { get; }

    public byte[] Sign(byte[] data)
    {
        lock (_lock)
        {
            return _key.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
    }

    /// <summary>The public key.</summary>
    public RSAParameters PublicKey => _key.ExportParameters(includePrivateParameters: false);

    public void Dispose() => _key.Dispose();

    internal static SigningKey Create(DateTimeOffset now)
    {
        var key = RSA.Create(2048);
        return new SigningKey(RandomNumberGenerator.GetHexString(40, lowercase: true), key, IssuedKey.SelfSigned(key, "sluice identity tokens", now));
    }

    internal static SigningKey Open(string id, byte[] privateKey, byte[] certificate)
    {
        var key = RSA.Create();
        key.ImportPkcs8PrivateKey(privateKey, out _);
        return new SigningKey(id, key, certificate);
    }

    internal byte[] ExportPrivateKey() => _key.ExportPkcs8PrivateKey();
}

/// <summary>Keeps the <see cref="SigningKey"/>.</summary>
internal sealed class SigningKeys(SqliteDatabase database, MasterKey masterKey, TimeProvider time) : IDisposable
{
    private const string Table = "google_signing_keys";

    private readonly SemaphoreSlim _opening = new(1, 1);
    private SigningKey? _key;

    /// <summary>The key; the first of two processes that ask at once makes it for both.</summary>
    public async Task<SigningKey> GetAsync()
    {
        if (Volatile.Read(ref _key) is { } key)
        {
            return key;
        }

        await _opening.WaitAsync();
        try
        {
            return _key ??= Load() ?? await MakeAsync();
        }
        finally
        {
            _opening.Release();
        }
    }

    public void Dispose()
    {
        _opening.Dispose();
        _key?.Dispose();
    }

    /// <summary>One that cannot be opened (another master key) is passed over: identity tokens live for an hour.</summary>
    private SigningKey? Load()
    {
        using var read = database.Read();
        var rows = read.Connection.Rows(
            $"SELECT id, sealed, certificate FROM {Table} ORDER BY created_at, id", row => (Id: row.GetString(0), Sealed: row.GetFieldValue<byte[]>(1), Certificate: row.GetFieldValue<byte[]>(2)));
        foreach (var row in rows)
        {
            if (masterKey.UnsealBytes(Table, row.Id, 1, row.Sealed) is { } plain)
            {
                return SigningKey.Open(row.Id, plain, row.Certificate);
            }
        }

        return null;
    }

    private async Task<SigningKey> MakeAsync()
    {
        var now = time.GetUtcNow();
        using var made = SigningKey.Create(now);
        await database.WriteAsync(connection => connection.Execute(
            $"INSERT INTO {Table} (id, sealed, certificate, created_at) VALUES ($0, $1, $2, $3)",
            made.Id, masterKey.Seal(Table, made.Id, 1, made.ExportPrivateKey()), made.Certificate, now.UnixMicros()));

        // Read back, so that of two processes both take the older one.
        return Load()!;
    }
}
