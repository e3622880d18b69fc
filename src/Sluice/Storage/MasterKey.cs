using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;

namespace Sluice.Storage;

/// <summary>
/// The root of what is secret at rest. From one text (<c>SLUICE_MASTER_KEY</c>, or <c>master.key</c> in the data folder)
/// separate keys are derived for separate uses. The database holds a check value, never a key.
/// </summary>
internal sealed class MasterKey
{
    /// <summary>32 bytes in base64 are 44 characters; a passphrase must be at least this long.</summary>
    private const int ShortestText = 32;

    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const string CheckSetting = "master_key_check";
    private const string PepperSetting = "api_key_pepper";
    private const UnixFileMode OwnerReadWrite = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly byte[] _sealing;

    private MasterKey(string text)
    {
        var material = Encoding.UTF8.GetBytes(text);
        Pepper = Derive(material, "sluice api-key pepper v1");
        _sealing = Derive(material, "sluice secrets aes-256-gcm v1");
        Check = Derive(material, "sluice master-key check v1");
        CryptographicOperations.ZeroMemory(material);
    }

    /// <summary>The HMAC key under which API keys are stored and looked up; 32 bytes. It outlives a change of the master key, for API keys cannot be hashed anew.</summary>
    public byte[] Pepper { get; private set; }

    private byte[] Check { get; }

    /// <summary>Takes the key of the options, or of the key file, and makes the file when the database is new.</summary>
    /// <exception cref="StartRefusedException">The key is missing, too short, or not the one that the database was written with.</exception>
    public static MasterKey Open(StorageOptions options, SqliteDatabase database)
    {
        byte[]? check;
        using (var read = database.Read())
        {
            check = read.Connection.Scalar<byte[]>("SELECT value FROM settings WHERE name = $0", CheckSetting);
        }

        var file = Path.Combine(database.Folder, "master.key");
        var fromFile = options.MasterKey.IsEmpty;
        var key = new MasterKey(fromFile ? ReadFile(file, mayCreate: check is null) : Validated(options.MasterKey.Reveal(), "SLUICE_MASTER_KEY"));
        if (check is null)
        {
            // Two first starts at once: the one that comes second compares with what the first has written.
            check = database.WriteAsync(connection =>
            {
                connection.Execute("INSERT INTO settings (name, value) VALUES ($0, $1) ON CONFLICT (name) DO NOTHING", CheckSetting, key.Check);
                return connection.Scalar<byte[]>("SELECT value FROM settings WHERE name = $0", CheckSetting)!;
            }).GetAwaiter().GetResult();
        }

        if (!CryptographicOperations.FixedTimeEquals(check, key.Check))
        {
            var old = options.OldMasterKey.IsEmpty ? null : new MasterKey(Validated(options.OldMasterKey.Reveal(), "SLUICE_MASTER_KEY_OLD"));
            if (old is null || !CryptographicOperations.FixedTimeEquals(check, old.Check))
            {
                throw new StartRefusedException(
                    $"{(fromFile ? file : "SLUICE_MASTER_KEY")} is not the master key that the database in {database.Folder} was written with"
                    + (old is null ? "" : ", and neither is SLUICE_MASTER_KEY_OLD")
                    + ". Put the original key back; without it stored provider secrets and API keys cannot be used. "
                    + "To change the key, set SLUICE_MASTER_KEY_OLD to the original one for the next start.");
            }

            old.TakeKeptPepper(database);
            database.WriteAsync(connection => old.Rewrap(connection, key)).GetAwaiter().GetResult();
        }

        key.TakeKeptPepper(database);
        return key;
    }

    /// <summary>Encrypts a text for one row: a copy of the bytes in another row, table or version does not decrypt.</summary>
    public byte[] Seal(string table, string rowId, long version, string text)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var box = Seal(table, rowId, version, plain);
        CryptographicOperations.ZeroMemory(plain);
        return box;
    }

    /// <summary>Encrypts bytes for one row, as the other <c>Seal</c> does a text.</summary>
    public byte[] Seal(string table, string rowId, long version, ReadOnlySpan<byte> plain)
    {
        var box = new byte[NonceSize + plain.Length + TagSize];
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceSize));
        using var aes = new AesGcm(_sealing, TagSize);
        aes.Encrypt(
            box.AsSpan(0, NonceSize), plain, box.AsSpan(NonceSize, plain.Length), box.AsSpan(NonceSize + plain.Length), Context(table, rowId, version));
        return box;
    }

    /// <summary>Decrypts the text that was sealed for the same row; null when it was changed or belongs to another.</summary>
    public string? Unseal(string table, string rowId, long version, ReadOnlySpan<byte> box)
    {
        if (UnsealBytes(table, rowId, version, box) is not { } plain)
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(plain);
        CryptographicOperations.ZeroMemory(plain);
        return text;
    }

    /// <summary>Decrypts what was sealed for the same row; null when it was changed or belongs to another.</summary>
    public byte[]? UnsealBytes(string table, string rowId, long version, ReadOnlySpan<byte> box)
    {
        if (box.Length < NonceSize + TagSize)
        {
            return null;
        }

        var plain = new byte[box.Length - NonceSize - TagSize];
        using var aes = new AesGcm(_sealing, TagSize);
        try
        {
            aes.Decrypt(box[..NonceSize], box[NonceSize..^TagSize], box[^TagSize..], plain, Context(table, rowId, version));
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    /// <summary>After a change of the master key the pepper is no longer derived but kept, sealed.</summary>
    private void TakeKeptPepper(SqliteDatabase database)
    {
        using var read = database.Read();
        if (read.Connection.Scalar<byte[]>("SELECT value FROM settings WHERE name = $0", PepperSetting) is { } box)
        {
            Pepper = UnsealBytes("settings", PepperSetting, 1, box)
                ?? throw new StartRefusedException($"The setting {PepperSetting} of the database in {database.Folder} was changed outside Sluice. Restore the database from a backup.");
        }
    }

    /// <summary>
    /// Seals everything that this key has sealed under another one, in the transaction that also changes the check value. A row
    /// that does not open stays as it is: it is reported where it is used, and takes no other down.
    /// </summary>
    private void Rewrap(SqliteConnection connection, MasterKey next)
    {
        foreach (var column in SealedColumn.All)
        {
            foreach (var (row, id, version, box) in column.Read(connection))
            {
                if (UnsealBytes(column.Table, id, version, box) is { } plain)
                {
                    column.Write(connection, row, next.Seal(column.Table, id, version, plain));
                    CryptographicOperations.ZeroMemory(plain);
                }
            }
        }

        const string Set = "INSERT INTO settings (name, value) VALUES ($0, $1) ON CONFLICT (name) DO UPDATE SET value = $1";
        connection.Execute(Set, PepperSetting, next.Seal("settings", PepperSetting, 1, Pepper));
        connection.Execute(Set, CheckSetting, next.Check);
    }

    private static byte[] Derive(byte[] material, string use)
        => HKDF.DeriveKey(HashAlgorithmName.SHA256, material, 32, info: Encoding.UTF8.GetBytes(use));

    private static byte[] Context(string table, string rowId, long version)
        => Encoding.UTF8.GetBytes(string.Create(null, $"{table}|{rowId}|{version}"));

    private static string Validated(string text, string source)
    {
        var trimmed = text.Trim();
        return trimmed.Length >= ShortestText
            ? trimmed
            : throw new StartRefusedException(
                $"{source} has {trimmed.Length} characters; a master key needs {ShortestText} or more. Make one with: openssl rand -base64 32");
    }

    private static string ReadFile(string file, bool mayCreate)
    {
        if (!File.Exists(file))
        {
            if (!mayCreate)
            {
                throw new StartRefusedException(
                    $"The database is encrypted, and its master key is not here: put {file} back or set SLUICE_MASTER_KEY to its content.");
            }

            CreateFile(file);
        }

        return Validated(File.ReadAllText(file), file);
    }

    private static void CreateFile(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerReadWrite;
        }

        // Written beside and moved into place, so that a start at the same moment reads a whole key or none.
        var draft = file + "." + RandomNumberGenerator.GetHexString(8, lowercase: true);
        using (var stream = new FileStream(draft, options))
        {
            stream.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) + "\n"));
            stream.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(draft, file);
        }
        catch (IOException) when (File.Exists(file))
        {
            // Another first start was quicker; its key is the key.
            File.Delete(draft);
        }
    }
}
