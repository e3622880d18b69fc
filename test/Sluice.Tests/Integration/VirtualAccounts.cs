using System.Security.Cryptography;
using System.Text.Json;
using Sluice.TestKit.Gateway;
using Sluice.TestKit.Google;

namespace Sluice.Tests.Integration;

/// <summary>A virtual service account as its owner has it: the key file, and what can be signed with it.</summary>
internal sealed class VirtualAccount : IDisposable
{
    public const string JwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    public const string Scope = "https://www.googleapis.com/auth/cloud-platform";

    private VirtualAccount(JsonElement json)
    {
        Json = json;
        KeyFile = json.GetProperty("key_file");
        Key.ImportFromPem(KeyFile.GetProperty("private_key").GetString());
    }

    /// <summary>What the administration answered.</summary>
    public JsonElement Json { get; }

    public JsonElement KeyFile { get; }

    public RSA Key { get; } = RSA.Create();

    public string Id => Json.GetProperty("id").GetString()!;

    public string Email => KeyFile.GetProperty("client_email").GetString()!;

    public string KeyId => KeyFile.GetProperty("private_key_id").GetString()!;

    public string TokenUri => KeyFile.GetProperty("token_uri").GetString()!;

    public static async Task<VirtualAccount> CreateAsync(GatewayClient admin, string more = "")
    {
        var reply = await admin.PostAsync("/api/admin/virtual-service-accounts", $$"""{"name":"Team A {{Guid.NewGuid():n}}"{{more}}}""");
        reply.Status.ShouldBe(201, reply.Text);
        return new VirtualAccount(reply.Json);
    }

    public static VirtualAccount Of(GatewayReply reply) => new(reply.Json);

    /// <summary>Claims that are accepted; null takes one away, another value changes it.</summary>
    public Dictionary<string, object> Claims(params (string Name, object? Value)[] changes)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var claims = new Dictionary<string, object> { ["iss"] = Email, ["scope"] = Scope, ["aud"] = TokenUri, ["iat"] = now, ["exp"] = now + 3600 };
        foreach (var (name, value) in changes)
        {
            claims.Remove(name);
            if (value is not null)
            {
                claims[name] = value;
            }
        }

        return claims;
    }

    public string Sign(Dictionary<string, object>? claims = null, object? header = null)
        => TestServiceAccount.Sign(Key, header ?? new { alg = "RS256", typ = "JWT", kid = KeyId }, claims ?? Claims());

    public Task<GatewayReply> ExchangeAsync(GatewayClient client, string? assertion = null)
        => PostFormAsync(client, ("grant_type", JwtBearer), ("assertion", assertion ?? Sign()));

    public async Task<string> TokenAsync(GatewayClient client)
    {
        var reply = await ExchangeAsync(client);
        reply.Status.ShouldBe(200, reply.Text);
        return reply.Json.GetProperty("access_token").GetString()!;
    }

    public static Task<GatewayReply> PostFormAsync(GatewayClient client, params (string Name, string Value)[] form)
        => PostFormAsync(client, "/oauth2.googleapis.com/token", form);

    public static Task<GatewayReply> PostFormAsync(GatewayClient client, string path, params (string Name, string Value)[] form)
        => client.PostAsync(path, string.Join('&', form.Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value)}")), ("content-type", "application/x-www-form-urlencoded"));

    public void Dispose() => Key.Dispose();
}
