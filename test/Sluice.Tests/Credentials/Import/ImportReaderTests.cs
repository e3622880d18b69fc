using System.Security.Cryptography;
using System.Text.Json;
using Sluice.Credentials.Import;

namespace Sluice.Tests.Credentials.Import;

public sealed class ImportReaderTests
{
    [Fact]
    public void Read_Lines_AreKeysWithAndWithoutNames()
    {
        var entries = Read("\uFEFFfirst,sk-1\r\n\n  # a comment\nsk-2\n third , sk-3 \n,sk-4\nfifth,\n");

        entries.Select(entry => (entry.Where, entry.Name, entry.ApiKey, entry.Fault is null)).ShouldBe(
        [
            ("line 1", "first", "sk-1", true),
            ("line 4", "", "sk-2", true),
            ("line 5", "third", "sk-3", true),
            ("line 6", "", "sk-4", false),
            ("line 7", "fifth", "", false),
        ]);
    }

    [Fact]
    public void Read_JsonList_TakesTextsAndObjects()
    {
        var entries = Read("""["sk-1", {"name":"b","api_key":"sk-2","weight":3,"max_concurrency":4,"tags":["eu"],"proxy":"socks5://h:1","base_url":"https://x"}, {"name":"c"}, 7]""");

        entries.Select(entry => entry.ApiKey).ShouldBe(["sk-1", "sk-2", "", ""]);
        entries[1].ShouldBe(new ImportEntry("item 2") { Name = "b", ApiKey = "sk-2", Weight = 3, MaxConcurrency = 4, Tags = entries[1].Tags, Proxy = "socks5://h:1", BaseUrl = "https://x" });
        entries[1].Tags.ShouldBe(["eu"]);
        entries[2].Fault.ShouldBe("has no 'api_key'");
        entries[3].Fault.ShouldNotBeNull();
    }

    [Fact]
    public void Read_JsonOfNamesAndKeys_TakesThem()
        => Read("""{"a":"sk-1","b":"sk-2","c":3}""").Select(entry => (entry.Name, entry.ApiKey, entry.Fault is null)).ShouldBe([("a", "sk-1", true), ("b", "sk-2", true), ("c", "", false)]);

    [Theory]
    [InlineData("""{"a":""")]
    [InlineData("[1,2")]
    public void Read_BrokenJson_IsOneFault(string text) => Read(text).ShouldHaveSingleItem().Fault.ShouldBe("is no JSON document that can be read");

    [Fact]
    public void Read_MapConfig_MakesACredentialOfEachKeyFile()
    {
        const string Map = """
            {
              "clients": [
                { "client_token": "gemini-canary-token", "enable": true, "service_type": "gemini", "key_filename_gemini": [ { "key_filename": "a.json", "key_weight": 5 }, { "key_filename": "gone.json", "key_weight": 1 } ] },
                { "client_token": "claude-canary-token", "enable": false, "key_filename_claude": [ { "key_filename": "a.json", "key_weight": 2 } ], "something_new": {} }
              ],
              "key_filename_gemini": [ { "key_filename": "keys/a.json", "models": [ { "model": "gemini-2.5-pro", "domain": "us-central1-aiplatform.googleapis.com" }, { "model": "g", "domain": "aiplatform.googleapis.com" } ] } ],
              "key_filename_claude": [ { "key_filename": "b.json" }, 7 ]
            }
            """;

        var entries = ImportReader.Read([new("map-config.json", Map), new("a.json", KeyFile()), new("b.json", "{}"), new("unrelated.json", "{}")]);

        entries.Where(entry => entry.IsSkipped).Count().ShouldBe(2, "each client is named");
        var a = entries.Single(entry => entry.Where == "a.json");
        (a.Name, a.Weight, a.Fault).ShouldBe(("a", 5, null));
        a.Tags.ShouldBe(["gemini", "region:us-central1", "region:global", "claude"], ignoreOrder: true);
        entries.Single(entry => entry.Where == "b.json").Tags.ShouldBe(["claude"]);
        entries.Single(entry => entry.Where == "gone.json").Fault.ShouldNotBeNull().ShouldContain("not among the files");
        entries.ShouldNotContain(entry => entry.Where == "unrelated.json");
        string.Concat(entries).ShouldNotContain("canary", Case.Sensitive);
    }

    [Fact]
    public void FaultOf_GoodKeyFile_IsNone() => Fault(KeyFile()).ShouldBeNull();

    [Theory]
    [InlineData("[]", "no JSON object")]
    [InlineData("{}", "its type is ''")]
    [InlineData("""{"type":"authorized_user","refresh_token":"x"}""", "authorized_user")]
    [InlineData("""{"type":"service_account"}""", "project_id")]
    [InlineData("""{"type":"service_account","project_id":"p","client_email":"e","private_key":"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n","token_uri":"https://oauth2.googleapis.com/token"}""", "no RSA key")]
    [InlineData("""{"type":"service_account","project_id":"p","client_email":"e","private_key":7,"token_uri":"https://oauth2.googleapis.com/token"}""", "private_key")]
    public void FaultOf_NotAKeyFile_SaysWhy(string text, string why) => Fault(text).ShouldNotBeNull().ShouldContain(why);

    [Theory]
    [InlineData("https://oauth2.googleapis.com/token", true)]
    [InlineData("http://127.0.0.1:9/token", true)]
    [InlineData("http://oauth2.googleapis.com/token", false)]
    [InlineData("https://oauth2.googleapis.com:444/token", false)]
    [InlineData("https://oauth2.googleapis.com.evil.example/token", false)]
    [InlineData("https://evil.example/oauth2.googleapis.com", false)]
    [InlineData("token", false)]
    public void FaultOf_TokenAddress_IsGooglesOrLoopback(string url, bool good) => (Fault(KeyFile(url)) is null).ShouldBe(good);

    internal static string KeyFile(string tokenUri = "https://oauth2.googleapis.com/token")
    {
        using var rsa = RSA.Create(2048);
        return JsonSerializer.Serialize(new Dictionary<string, string>
        {
            ["type"] = "service_account",
            ["project_id"] = "project-1",
            ["private_key_id"] = "1",
            ["private_key"] = rsa.ExportPkcs8PrivateKeyPem(),
            ["client_email"] = "robot@project-1.iam.gserviceaccount.com",
            ["token_uri"] = tokenUri,
        });
    }

    private static IReadOnlyList<ImportEntry> Read(string text) => ImportReader.Read([new ImportSource("", text)]);

    private static string? Fault(string text)
    {
        using var json = JsonDocument.Parse(text);
        return GoogleKeyFile.FaultOf(json.RootElement);
    }
}
