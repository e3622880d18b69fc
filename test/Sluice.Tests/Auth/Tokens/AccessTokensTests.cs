using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth;
using Sluice.Auth.Tokens;
using Sluice.Tests.Admin;
using Sluice.Tests.Admin.Accounts;

namespace Sluice.Tests.Auth.Tokens;

public sealed class AccessTokensTests : IAsyncLifetime
{
    private const string Header = """{"alg":"ES256","typ":"at+jwt","kid":"KID"}""";

    private AdministrationApp _app = null!;
    private Person _ann = null!;
    private SigningKey _key = null!;
    private string _claims = "";

    public async Task InitializeAsync()
    {
        _app = await People.StartAsync();
        _ann = await _app.JoinAsync("ann");
        _key = await _app.Services.GetRequiredService<SigningKeys>().CurrentAsync();
        _claims = Encoding.UTF8.GetString(Base64Text.Decode(_ann.Token.Split('.')[1])!);
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public void Find_TokenSignedHereByTheTest_IsKnown()
        => Find(Sign(Header, _claims)).ShouldNotBeNull("the control of every crafted token: its form is right");

    [Fact]
    public void Find_CraftedToken_IsRefused()
    {
        var crafted = Crafted().ToList();

        crafted.Count.ShouldBeGreaterThanOrEqualTo(60);
        crafted.Where(token => Find(token.Text) is not null).Select(token => token.What).ShouldBeEmpty();
    }

    [Fact]
    public void Find_EveryByteOfTheSignatureAndPayloadChanged_IsRefused()
    {
        for (var i = _ann.Token.IndexOf('.', StringComparison.Ordinal) + 1; i < _ann.Token.Length; i++)
        {
            var changed = _ann.Token.ToCharArray();
            changed[i] = changed[i] == 'A' ? 'B' : 'A';
            Find(new string(changed)).ShouldBeNull();
        }
    }

    private IEnumerable<(string What, string Text)> Crafted()
    {
        var parts = _ann.Token.Split('.');
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        foreach (var alg in (string[])["none", "None", "NONE", "nOnE", "HS256", "HS384", "HS512", "RS256", "PS256", "ES384", "ES512", "EdDSA", "es256", ""])
        {
            var header = Header.Replace("ES256", alg, StringComparison.Ordinal);
            yield return ($"alg {alg}, signed", Sign(header, _claims));
            yield return ($"alg {alg}, not signed", $"{Encode(header)}.{Encode(_claims)}.");
        }

        var point = Encoding.ASCII.GetBytes(_key.Point.X + _key.Point.Y);
        var hmacHeader = Encode(Header.Replace("ES256", "HS256", StringComparison.Ordinal));
        yield return ("HS256 under the public key", $"{hmacHeader}.{parts[1]}." + Base64Text.Encode(HMACSHA256.HashData(point, Encoding.ASCII.GetBytes($"{hmacHeader}.{parts[1]}"))));
        foreach (var more in (string[])
            ["\"jwk\":{\"kty\":\"EC\"}", "\"jku\":\"http://127.0.0.1/keys\"", "\"x5u\":\"http://127.0.0.1/cert\"", "\"x5c\":[\"AA\"]", "\"crit\":[\"exp\"]", "\"b64\":false", "\"zip\":\"DEF\"", "\"cty\":\"JWT\""])
        {
            yield return ($"header with {more}", Sign(Header[..^1] + "," + more + "}", _claims));
        }

        foreach (var kid in (string[])["", "../../etc/passwd", "' OR '1'='1", "sig_00000000000000000000000000000000", new string('k', 1500)])
        {
            yield return ($"kid {kid[..Math.Min(20, kid.Length)]}", Sign(Header.Replace("KID", kid, StringComparison.Ordinal), _claims));
        }

        yield return ("no kid", Sign("""{"alg":"ES256","typ":"at+jwt"}""", _claims));
        yield return ("typ JWT", Sign(Header.Replace("at+jwt", "JWT", StringComparison.Ordinal), _claims));
        yield return ("alg twice", Sign(Header[..^1] + ",\"alg\":\"ES256\"}", _claims));
        yield return ("signature stripped", $"{parts[0]}.{parts[1]}.");
        yield return ("two parts", $"{parts[0]}.{parts[1]}");
        yield return ("four parts", _ann.Token + ".AAAA");
        yield return ("padded", _ann.Token + "=");
        yield return ("signature of zeros", $"{parts[0]}.{parts[1]}.{Base64Text.Encode(new byte[64])}");
        yield return ("signature in DER", $"{parts[0]}.{parts[1]}.{Base64Text.Encode([0x30, .. Base64Text.Decode(parts[2])!])}");
        yield return ("signature cut", _ann.Token[..^4]);
        using var other = SigningKey.Create(_key.Id, DateTimeOffset.UtcNow);
        yield return ("another key under the kid", Sign(Header, _claims, other));
        yield return ("claims of another, signature of this", $"{parts[0]}.{Encode(_claims.Replace(_ann.Id, "usr_other", StringComparison.Ordinal))}.{parts[2]}");
        yield return ("oversized", Sign(Header, _claims[..^1] + ",\"x\":\"" + new string('x', 5000) + "\"}"));
        yield return ("not base64", $"{parts[0]}.!!!!.{parts[2]}");
        yield return ("empty payload", Sign(Header, ""));
        yield return ("payload an array", Sign(Header, "[]"));
        yield return ("payload null", Sign(Header, "null"));
        yield return ("payload and more", Sign(Header, _claims + "{}"));
        foreach (var (name, value) in Changes(now))
        {
            yield return ($"claim {name} = {value}", Sign(Header, Changed(name, value)));
        }

        foreach (var name in (string[])["iss", "aud", "sub", "exp", "sid", "iat"])
        {
            yield return ($"no {name}", Sign(Header, Changed(name, null)));
            yield return ($"{name} twice", Sign(Header, _claims[..^1] + $",\"{name}\":{Value(name)}}}"));
        }
    }

    private static IEnumerable<(string Name, string Value)> Changes(long now) =>
    [
        ("iss", "\"http://evil.example\""), ("iss", "[]"), ("aud", "\"other\""), ("aud", "[\"sluice\"]"), ("sub", "\"usr_other\""), ("sub", "1"),
        ("sid", "\"ses_other\""), ("sid", "\"key_other\""), ("sid", "\"admin\""), ("exp", $"{now - 1}"), ("exp", "\"9999999999\""), ("exp", "1e99"), ("exp", "-1"),
        ("exp", "99999999999999999999"), ("iat", $"{now + 3600}"), ("iat", "null"),
    ];

    private string Value(string name) => System.Text.Json.JsonDocument.Parse(_claims).RootElement.GetProperty(name).GetRawText();

    private string Changed(string name, string? value)
    {
        var members = System.Text.Json.JsonDocument.Parse(_claims).RootElement.EnumerateObject()
            .Where(member => value is not null || member.Name != name)
            .Select(member => $"\"{member.Name}\":{(member.Name == name ? value : member.Value.GetRawText())}");
        return "{" + string.Join(',', members) + "}";
    }

    private Caller? Find(string token) => _app.Services.GetRequiredService<ICallerRegistry>().Find(token);

    private string Sign(string header, string claims, SigningKey? key = null)
    {
        var signed = Encode(header.Replace("KID", _key.Id, StringComparison.Ordinal)) + "." + Encode(claims);
        return signed + "." + Base64Text.Encode((key ?? _key).Sign(Encoding.ASCII.GetBytes(signed)));
    }

    private static string Encode(string text) => Base64Text.Encode(Encoding.UTF8.GetBytes(text));
}
