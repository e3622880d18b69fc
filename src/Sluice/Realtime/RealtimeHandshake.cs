using System.Security.Cryptography;
using System.Text;
using Sluice.Credentials;
using Sluice.Pipeline;
using Sluice.Protocol;
using Sluice.Routing;

namespace Sluice.Realtime;

/// <summary>Both ends of the handshake: what the client offers, and the request that opens the vendor's side.</summary>
internal sealed class RealtimeHandshake
{
    /// <summary>The subprotocol of realtime sessions.</summary>
    private const string Subprotocol = "realtime";

    /// <summary>How a browser says the header <c>OpenAI-Beta</c>, which it cannot set.</summary>
    private const string BetaPrefix = "openai-beta.";

    private const string OpenAIPrefix = "openai-";
    private const string Beta = "openai-beta";

    private readonly string? _beta;
    private readonly string _query;
    private readonly bool _offersRealtime;

    private RealtimeHandshake(string? chosen, string? beta, string query, bool offersRealtime)
    {
        Chosen = chosen;
        _beta = beta;
        _query = query;
        _offersRealtime = offersRealtime;
    }

    /// <summary>The subprotocol that the client is answered with; null where it offers none that may be repeated to it.</summary>
    public string? Chosen { get; }

    public static RealtimeHandshake Of(HttpContext http)
    {
        var offered = http.WebSockets.WebSocketRequestedProtocols;
        var realtime = offered.Contains(Subprotocol);

        // What begins with openai- carries a key, an account or a header: none of them goes back.
        var chosen = realtime ? Subprotocol : offered.FirstOrDefault(static name => !name.StartsWith(OpenAIPrefix, StringComparison.Ordinal));
        string? beta = http.Request.Headers[Beta];
        if (string.IsNullOrEmpty(beta))
        {
            // openai-beta.realtime-v1 stands for "OpenAI-Beta: realtime=v1".
            beta = offered.FirstOrDefault(static name => name.StartsWith(BetaPrefix, StringComparison.Ordinal))?[BetaPrefix.Length..].Replace("-v", "=v", StringComparison.Ordinal);
        }

        var rest = UpstreamQuery.Of(http.Request.QueryString).Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Where(static pair => Uri.UnescapeDataString(pair.Split('=')[0]) != "model");
        return new RealtimeHandshake(chosen, beta, string.Join('&', rest), realtime);
    }

    /// <summary>A key of 16 random bytes for one handshake (RFC 6455 §4.1).</summary>
    public static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));

    /// <summary>True when the answer proves that the other end understood the key.</summary>
    public static bool Accepts(string key, ReadOnlySpan<byte> answer)
    {
#pragma warning disable CA5350 // What RFC 6455 §4.2.2 asks for; it protects nothing.
        var hash = SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
#pragma warning restore CA5350
        return Convert.ToBase64String(hash) == Encoding.ASCII.GetString(answer);
    }

    /// <summary>The vendor must not choose what was not offered.</summary>
    public bool Accepts(ReadOnlySpan<byte> subprotocol) => subprotocol.IsEmpty || (_offersRealtime && subprotocol.SequenceEqual("realtime"u8));

    /// <summary>The request that opens the vendor's side. No header of the client goes with it but <c>OpenAI-Beta</c>.</summary>
    /// <returns>Null when the provider does not serve realtime.</returns>
    public byte[]? Request(RouteTarget target, CredentialSlot slot, string key)
    {
        var model = "model=" + Uri.EscapeDataString(target.Model);
        var path = target.Provider.Urls.For(Operation.Realtime, target.Model, _query.Length > 0 ? $"{model}&{_query}" : model);
        if (path is null)
        {
            return null;
        }

        var template = slot.Heads.Of(Operation.Realtime, null, slot, target.Provider.Provider);
        var more = new StringBuilder("connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ").Append(key).Append("\r\n");
        if (_offersRealtime)
        {
            more.Append("sec-websocket-protocol: ").Append(Subprotocol).Append("\r\n");
        }

        if (_beta is { Length: > 0 } beta && !beta.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            more.Append(Beta).Append(": ").Append(beta).Append("\r\n");
        }

        return [.. "GET "u8, .. Encoding.ASCII.GetBytes(path), .. template.AfterTarget, .. Encoding.ASCII.GetBytes(more.Append("\r\n").ToString())];
    }
}
