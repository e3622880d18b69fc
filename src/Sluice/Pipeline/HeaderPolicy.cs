using System.Text;
using Microsoft.Extensions.Primitives;

namespace Sluice.Pipeline;

/// <summary>
/// Which headers travel. Both lists name what is let through; everything else stays: hop-by-hop headers, cookies,
/// credentials, forwarding headers, and whatever identifies the client or the operator's account.
/// </summary>
internal static class HeaderPolicy
{
    /// <summary>From client to upstream, for every dialect.</summary>
    public static readonly string[] ToUpstream = ["accept", "openai-beta", AnthropicVersion, "anthropic-beta"];

    public const string AnthropicVersion = "anthropic-version";

    /// <summary>From upstream to client, beside content type and retry times.</summary>
    public static readonly (byte[] Raw, string Name)[] ToClient =
    [
        .. new[] { "openai-processing-ms", "openai-version", "x-should-retry" }.Select(name => (Encoding.ASCII.GetBytes(name), name)),
    ];

    /// <summary>The version sent to Anthropic when a client sends none; the vendor refuses a request without one.</summary>
    public const string DefaultAnthropicVersion = "2023-06-01";

    private const string Json = "application/json";
    private const string EventStream = "text/event-stream";

    /// <summary>The content type for the client: JSON or event stream as they came, anything else as opaque bytes, so that nothing from upstream runs in a browser.</summary>
    public static string ContentType(ReadOnlySpan<byte> raw)
    {
        if (raw.SequenceEqual("application/json"u8))
        {
            return Json;
        }

        if (raw.SequenceEqual("text/event-stream"u8))
        {
            return EventStream;
        }

        if (IsJson(raw) || IsEventStream(raw))
        {
            return IsSendable(raw) ? Encoding.ASCII.GetString(raw) : IsJson(raw) ? Json : EventStream;
        }

        return "application/octet-stream";
    }

    /// <summary>True when a header is named in the values of <c>Connection</c>.</summary>
    public static bool IsNominated(StringValues connection, string name)
    {
        foreach (var value in connection)
        {
            foreach (var range in value.AsSpan().Split(','))
            {
                if (value.AsSpan()[range].Trim(" \t").Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>True for printable ASCII: the server refuses to send a header value of anything else.</summary>
    public static bool IsSendable(ReadOnlySpan<byte> value) => !value.ContainsAnyExceptInRange((byte)' ', (byte)'~');

    public static bool IsEventStream(ReadOnlySpan<byte> contentType) => Starts(contentType, "text/event-stream"u8);

    public static bool IsJson(ReadOnlySpan<byte> contentType) => Starts(contentType, "application/json"u8);

    private static bool Starts(ReadOnlySpan<byte> value, ReadOnlySpan<byte> prefix)
        => value.Length >= prefix.Length && Ascii.EqualsIgnoreCase(value[..prefix.Length], prefix)
            && (value.Length == prefix.Length || value[prefix.Length] is (byte)';' or (byte)' ');
}
