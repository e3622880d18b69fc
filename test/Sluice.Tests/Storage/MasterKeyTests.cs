using System.Text;
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
}
