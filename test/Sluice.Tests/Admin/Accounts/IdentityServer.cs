using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sluice.Auth.Tokens;

namespace Sluice.Tests.Admin.Accounts;

/// <summary>GitHub and an OpenID provider on loopback. Tests set who signs in and what the id token says.</summary>
internal sealed class IdentityServer : IAsyncDisposable
{
    public const string ClientId = "sluice-client";
    public const string ClientSecret = "client-secret-canary";

    private readonly WebApplication _app;
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly RSA _stranger = RSA.Create(2048);

    private IdentityServer(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    public string Email { get; set; } = "ann@example.com";

    public bool IsVerified { get; set; } = true;

    public long GitHubId { get; set; } = 42;

    /// <summary>The challenge of the last sign-in, which the code must be redeemed with.</summary>
    public string Challenge { get; set; } = "";

    public string Nonce { get; set; } = "";

    /// <summary>What the id token says in place of what is right.</summary>
    public Dictionary<string, object> Claims { get; } = [];

    public string Algorithm { get; set; } = "RS256";

    public bool SignsWithAnotherKey { get; set; }

    public static async Task<IdentityServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new IdentityServer(builder.Build());
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _rsa.Dispose();
        _stranger.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        object? answer = context.Request.Path.Value switch
        {
            "/login/oauth/access_token" => await RedeemAsync(context) ? new { access_token = "gho_canary", token_type = "bearer" } : new { error = "bad_verification_code" },
            "/user" when IsBearer(context) => new { id = GitHubId, login = "ann", name = "Ann", email = Email },
            "/user/emails" when IsBearer(context) => new object[] { new { email = "other@example.com", primary = false, verified = false }, new { email = Email, primary = true, verified = IsVerified } },
            "/.well-known/openid-configuration" => new { issuer = Url, authorization_endpoint = Url + "/authorize", token_endpoint = Url + "/token", jwks_uri = Url + "/keys" },
            "/token" => await RedeemAsync(context) ? new { access_token = "x", id_token = IdToken() } : new { error = "invalid_grant" },
            "/keys" => new { keys = new[] { Key() } },
            _ => null,
        };
        context.Response.StatusCode = answer is null ? 404 : 200;
        await context.Response.WriteAsync(JsonSerializer.Serialize(answer));
    }

    private static bool IsBearer(HttpContext context) => context.Request.Headers.Authorization == "Bearer gho_canary";

    private async Task<bool> RedeemAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        var basic = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{ClientId}:{ClientSecret}"));
        return form["code"] == "good-code" && (form["client_secret"] == ClientSecret || context.Request.Headers.Authorization == basic)
            && Base64Text.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))) == Challenge;
    }

    private object Key()
    {
        var key = _rsa.ExportParameters(false);
        return new { kty = "RSA", kid = "k1", use = "sig", alg = "RS256", n = Base64Text.Encode(key.Modulus), e = Base64Text.Encode(key.Exponent) };
    }

    private string IdToken()
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var claims = new Dictionary<string, object>
        {
            ["iss"] = Url,
            ["aud"] = ClientId,
            ["sub"] = "subject-1",
            ["exp"] = now + 300,
            ["iat"] = now,
            ["nonce"] = Nonce,
            ["email"] = Email,
            ["email_verified"] = IsVerified,
            ["name"] = "Ann",
        };
        foreach (var (name, value) in Claims)
        {
            claims[name] = value;
        }

        var signed = Encode(JsonSerializer.Serialize(new { alg = Algorithm, kid = "k1", jwk = new { kty = "RSA" } })) + "." + Encode(JsonSerializer.Serialize(claims));
        var signature = Algorithm == "none" ? [] : (SignsWithAnotherKey ? _stranger : _rsa).SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return signed + "." + Base64Text.Encode(signature);
    }

    private static string Encode(string text) => Base64Text.Encode(Encoding.UTF8.GetBytes(text));
}
