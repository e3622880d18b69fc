using System.Security.Cryptography;
using System.Text.Json;
using Sluice.Providers.Vertex;

namespace Sluice.Providers.Tests.Vertex;

public class ServiceAccountKeyTests
{
    private static readonly string Pem = CreatePem(2048);

    [Fact]
    public void Parse_AKeyFile_ReadsIt()
    {
        using var key = ServiceAccountKey.Parse(File(), "", out var error).ShouldNotBeNull();

        error.ShouldBeNull();
        (key.ClientEmail, key.PrivateKeyId, key.ProjectId, key.TokenUri.OriginalString).ShouldBe(("a@p.iam.gserviceaccount.com", "k", "p", "https://oauth2.googleapis.com/token"));
        key.ToString().ShouldNotContain("PRIVATE");
    }

    [Theory]
    [InlineData("", "not a JSON object")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("{\"type\":\"\\ud800\"}", "not a JSON object")]
    [InlineData("{}", "\"type\" is missing")]
    [InlineData("""{"type":"authorized_user"}""", "not the key file of a service account")]
    [InlineData("""{"type":"service_account","client_email":"a"}""", "\"private_key\" is missing")]
    [InlineData("""{"type":"service_account","client_email":"a","private_key":"secret-canary"}""", "not a private RSA key")]
    public void Parse_SomethingElse_SaysWhatIsWrongAndNothingOfIt(string json, string words)
    {
        ServiceAccountKey.Parse(json, "", out var error).ShouldBeNull();

        error.ShouldNotBeNull().ShouldContain(words);
        error.ShouldNotContain("canary");
    }

    [Fact]
    public void Parse_APublicOrAShortKey_IsRefused()
    {
        using var rsa = RSA.Create(2048);
        ServiceAccountKey.Parse(File(pem: rsa.ExportSubjectPublicKeyInfoPem()), "", out var error).ShouldBeNull();
        error.ShouldNotBeNull().ShouldContain("not a private RSA key");
        ServiceAccountKey.Parse(File(pem: CreatePem(1024)), "", out error).ShouldBeNull();
        error.ShouldNotBeNull().ShouldContain("1024 bits");
    }

    [Theory]
    [InlineData("https://oauth2.googleapis.com/token", true)]
    [InlineData("https://accounts.google.com/o/oauth2/token", true)]
    [InlineData("http://127.0.0.1:8080/token", true)]
    [InlineData("http://localhost:8080/token", true)]
    [InlineData("https://tokens.example.org/token", false)]
    [InlineData("https://googleapis.com.example.org/token", false)]
    [InlineData("https://notgoogleapis.com/token", false)]
    [InlineData("http://oauth2.googleapis.com/token", false)]
    [InlineData("https://user:pass@oauth2.googleapis.com/token", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("token", false)]
    public void Parse_TokenUri_MustBeGooglesOrThisMachine(string tokenUri, bool accepted)
    {
        using var key = ServiceAccountKey.Parse(File(tokenUri), "", out var error);

        (key is not null).ShouldBe(accepted, error);
    }

    [Fact]
    public void Parse_TokenUriOfTheOperator_StandsInTheFilesPlace()
    {
        using var key = ServiceAccountKey.Parse(File("https://tokens.example.org/token"), "https://tokens.example.net/token", out _).ShouldNotBeNull();

        key.TokenUri.Host.ShouldBe("tokens.example.net");
    }

    private static string File(string tokenUri = "https://oauth2.googleapis.com/token", string? pem = null) => JsonSerializer.Serialize(new Dictionary<string, string>
    {
        ["type"] = "service_account",
        ["project_id"] = "p",
        ["private_key_id"] = "k",
        ["private_key"] = pem ?? Pem,
        ["client_email"] = "a@p.iam.gserviceaccount.com",
        ["token_uri"] = tokenUri,
    });

    private static string CreatePem(int bits)
    {
        using var rsa = RSA.Create(bits);
        return rsa.ExportPkcs8PrivateKeyPem();
    }
}
