using System.Text;
using Sluice.Configuration;
using Sluice.Storage;

namespace Sluice.Tests.Storage;

public sealed class MasterKeyTests : IDisposable
{
    private const string Text = "a master key of more than thirty-two characters";

    private readonly TemporaryStorage _storage = new();

    public void Dispose() => _storage.Dispose();

    private string KeyFile => Path.Combine(_storage.Folder, "master.key");

    [Fact]
    public void Open_NoKeyGiven_MakesAFileForTheOwnerOnlyAndUsesItAgain()
    {
        var database = _storage.Open();

        var first = _storage.MasterKey(database);

        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(KeyFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        Convert.FromBase64String(File.ReadAllText(KeyFile).Trim()).Length.ShouldBe(32);
        _storage.MasterKey(database).Pepper.ShouldBe(first.Pepper);
    }

    [Fact]
    public void Open_ContentOfTheFileInTheVariable_IsTheSameKey()
    {
        var database = _storage.Open();
        var fromFile = _storage.MasterKey(database);
        var text = File.ReadAllText(KeyFile);
        File.Delete(KeyFile);

        _storage.MasterKey(database, text).Pepper.ShouldBe(fromFile.Pepper);
    }

    [Fact]
    public void Open_AnotherKeyThanTheDatabaseKnows_Refuses()
    {
        var database = _storage.Open();
        _storage.MasterKey(database, Text);

        Should.Throw<StartRefusedException>(() => _storage.MasterKey(database, Text + "!")).Message.ShouldContain("SLUICE_MASTER_KEY is not the master key");
    }

    [Fact]
    public void Open_KeyFileLost_RefusesInsteadOfMakingAnother()
    {
        var database = _storage.Open();
        _storage.MasterKey(database);
        File.Delete(KeyFile);

        Should.Throw<StartRefusedException>(() => _storage.MasterKey(database)).Message.ShouldContain("put");
        File.Exists(KeyFile).ShouldBeFalse();
    }

    [Fact]
    public void Open_ShortText_SaysHowLongItMustBe()
        => Should.Throw<StartRefusedException>(() => _storage.MasterKey(_storage.Open(), "short")).Message.ShouldContain("32");

    [Fact]
    public async Task Open_NewKeyWithTheOldOneBeside_SealsEverythingAnew()
    {
        const string Next = "another master key of more than thirty-two characters";
        var database = _storage.Open();
        var old = _storage.MasterKey(database, Text);
        await database.WriteAsync(connection =>
        {
            const string Credential = "INSERT INTO credentials (id, provider, name, secret, version, weight, max_concurrency, created_at, updated_at) VALUES ($0, 'p', $0, $1, 7, 1, 0, 0, 0)";
            connection.Execute(Credential, "cred_good", old.Seal("credentials", "cred_good", 7, "sk-1"));
            connection.Execute(Credential, "cred_broken", new byte[40]);
            connection.Execute(
                "INSERT INTO idempotency_keys (id, key_id, idempotency_key, request_hash, state, answer, expires_at) VALUES (12, 'k', 'i', $0, 2, $1, 0)", new byte[32], old.Seal("idempotency_keys", "12", 1, "answer"));
        });

        var next = Rotated(database, Next, Text);

        next.Pepper.ShouldBe(old.Pepper, "API keys are hashed under it and cannot be hashed anew");
        byte[] Box(string sql) => Read(database, sql);
        next.Unseal("credentials", "cred_good", 7, Box("SELECT secret FROM credentials WHERE id = 'cred_good'")).ShouldBe("sk-1");
        next.Unseal("idempotency_keys", "12", 1, Box("SELECT answer FROM idempotency_keys")).ShouldBe("answer");
        old.Unseal("credentials", "cred_good", 7, Box("SELECT secret FROM credentials WHERE id = 'cred_good'")).ShouldBeNull();
        Box("SELECT secret FROM credentials WHERE id = 'cred_broken'").ShouldBe(new byte[40], "what does not open is left as it is");

        // The old key is of no use any more, and does no harm; a further change keeps the pepper too.
        Should.Throw<StartRefusedException>(() => _storage.MasterKey(database, Text)).Message.ShouldContain("SLUICE_MASTER_KEY_OLD");
        Rotated(database, Next, Text).Pepper.ShouldBe(old.Pepper);
        Rotated(database, Text + " again", Next).Pepper.ShouldBe(old.Pepper);
    }

    [Fact]
    public void Open_NewKeyWithAWrongOldOne_ChangesNothing()
    {
        var database = _storage.Open();
        _storage.MasterKey(database, Text);

        Should.Throw<StartRefusedException>(() => Rotated(database, new string('n', 40), new string('o', 40))).Message.ShouldContain("neither is SLUICE_MASTER_KEY_OLD");
        _storage.MasterKey(database, Text);
    }

    [Fact]
    public void SealedColumns_CoverEveryTableThatIsSealed()
    {
        var source = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../src/Sluice"));
        var sealing = Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/Storage/", StringComparison.Ordinal) && File.ReadAllText(file).Contains("masterKey.Seal(", StringComparison.OrdinalIgnoreCase));

        // A file more than columns is a table that a change of the master key would lose.
        sealing.Count().ShouldBe(SealedColumn.All.Count);
    }

    [Fact]
    public void Unseal_SameRow_GivesTheText()
    {
        var sut = _storage.MasterKey(_storage.Open());

        var box = sut.Seal("credentials", "cred_1", 1, "sk-upstream-ключ");

        sut.Unseal("credentials", "cred_1", 1, box).ShouldBe("sk-upstream-ключ");
        Encoding.UTF8.GetString(box).ShouldNotContain("sk-upstream");
    }

    [Theory]
    [InlineData("credentials", "cred_2", 1)]
    [InlineData("credentials", "cred_1", 2)]
    [InlineData("providers", "cred_1", 1)]
    public void Unseal_AnotherRowTableOrVersion_Fails(string table, string row, long version)
    {
        var sut = _storage.MasterKey(_storage.Open());

        sut.Unseal(table, row, version, sut.Seal("credentials", "cred_1", 1, "secret")).ShouldBeNull();
    }

    [Fact]
    public void Unseal_AnyByteChanged_Fails()
    {
        var sut = _storage.MasterKey(_storage.Open());
        var box = sut.Seal("credentials", "cred_1", 1, "secret");

        for (var i = 0; i < box.Length; i++)
        {
            var changed = box.ToArray();
            changed[i] ^= 1;
            sut.Unseal("credentials", "cred_1", 1, changed).ShouldBeNull();
        }

        sut.Unseal("credentials", "cred_1", 1, box.AsSpan(0, 20)).ShouldBeNull();
    }

    private MasterKey Rotated(SqliteDatabase database, string text, string old)
        => MasterKey.Open(new StorageOptions(_storage.Folder) { MasterKey = new Secret(text), OldMasterKey = new Secret(old) }, database);

    private static byte[] Read(SqliteDatabase database, string sql)
    {
        using var read = database.Read();
        return read.Connection.Scalar<byte[]>(sql).ShouldNotBeNull();
    }
}
