using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sluice.TestKit.Upstream;

namespace Sluice.TestKit.Google;

/// <summary>
/// Google's token server and Vertex AI on one lane, which verify what they get: an assertion by the account's public key, a call by the
/// tokens that were issued, and that it names the project of the account whose token it brings.
/// </summary>
public sealed class VertexUpstream
{
    private readonly UpstreamLane _lane;
    private readonly ConcurrentDictionary<string, TestServiceAccount> _accounts = new();
    private readonly ConcurrentDictionary<string, (string Project, DateTimeOffset End)> _tokens = new();
    private int _issued;

    public VertexUpstream(UpstreamLane lane)
    {
        _lane = lane;
        lane.Always(Answer);
    }

    /// <summary>What a provider's <c>base_url</c> is.</summary>
    public string BaseUrl => _lane.BaseUrl;

    public string TokenUri => $"{_lane.BaseUrl}/token";

    /// <summary>How long a token holds, in seconds.</summary>
    public int Lifetime { get; set; } = 3599;

    /// <summary>Stands in the place of the token server's answer while it is not null.</summary>
    public Func<UpstreamAnswer>? TokenFault { get; set; }

    /// <summary>Holds each token answer back so long.</summary>
    public TimeSpan TokenDelay { get; set; }

    /// <summary>Stands in the place of Vertex's own answer while it gives one.</summary>
    public Func<RecordedRequest, UpstreamAnswer?>? Script { get; set; }

    /// <summary>The calls of models so far.</summary>
    public IReadOnlyList<RecordedRequest> Calls => [.. _lane.Requests.Where(request => request.Path != "/token")];

    /// <summary>The token requests so far.</summary>
    public IReadOnlyList<RecordedRequest> TokenRequests => [.. _lane.Requests.Where(request => request.Path == "/token")];

    /// <summary>The text of every token that was issued.</summary>
    public IEnumerable<string> Tokens => _tokens.Keys;

    public TestServiceAccount Account(string project)
    {
        var account = TestServiceAccount.Create(project, TokenUri);
        _accounts[account.Email] = account;
        return account;
    }

    /// <summary>Ends every token that was issued, as a revocation does.</summary>
    public void RevokeTokens() => _tokens.Clear();

    private UpstreamAnswer Answer(RecordedRequest request)
    {
        if (request.Path == "/token")
        {
            return TokenFault?.Invoke() ?? Exchange(request);
        }

        var token = request.Header("authorization")?.Split(' ') is ["Bearer", var text] ? text : "";
        if (!_tokens.TryGetValue(token, out var issued) || issued.End < DateTimeOffset.UtcNow)
        {
            return UpstreamAnswer.Json(Vendors.GeminiWire.Error(401, "UNAUTHENTICATED", $"Request had invalid authentication credentials: {token}"), 401);
        }

        if (!request.Path.Contains($"/projects/{issued.Project}/", StringComparison.Ordinal))
        {
            return UpstreamAnswer.Json(Vendors.GeminiWire.Error(403, "PERMISSION_DENIED", "Permission denied on resource project."), 403);
        }

        return Script?.Invoke(request) ?? DefaultAnswer.For(request);
    }

    private UpstreamAnswer Exchange(RecordedRequest request)
    {
        var form = request.Text.Split('&').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]));
        if (form.GetValueOrDefault("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" || Verify(form["assertion"]) is not { } account)
        {
            return UpstreamAnswer.Json("""{"error":"invalid_grant","error_description":"Invalid JWT Signature."}""", 400);
        }

        var token = $"ya29.upstream-canary-{account.Project}-{Interlocked.Increment(ref _issued)}";
        _tokens[token] = (account.Project, DateTimeOffset.UtcNow.AddSeconds(Lifetime));
        return UpstreamAnswer.Json($$"""{"access_token":"{{token}}","expires_in":{{Lifetime}},"token_type":"Bearer"}""").DelayHead(TokenDelay);
    }

    private TestServiceAccount? Verify(string assertion)
    {
        var parts = assertion.Split('.');
        using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0]));
        using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        return header.RootElement.GetProperty("alg").GetString() == "RS256"
            && _accounts.TryGetValue(claims.RootElement.GetProperty("iss").GetString()!, out var account)
            && header.RootElement.GetProperty("kid").GetString() == $"kid-{account.Project}"
            && claims.RootElement.GetProperty("aud").GetString() == TokenUri
            && claims.RootElement.GetProperty("scope").GetString() == "https://www.googleapis.com/auth/cloud-platform"
            && claims.RootElement.GetProperty("iat").GetInt64() is var issuedAt && Math.Abs(now - issuedAt) < 60
            && claims.RootElement.GetProperty("exp").GetInt64() - issuedAt is > 0 and <= 3600
            && account.Key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
                ? account
                : null;
    }
}
