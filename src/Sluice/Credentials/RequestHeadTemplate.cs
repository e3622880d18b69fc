using System.Text;
using Sluice.Providers;

namespace Sluice.Credentials;

/// <summary>The part of an upstream request's head that is the same for every call of a credential: made once, then copied.</summary>
internal sealed class RequestHeadTemplate
{
    private RequestHeadTemplate(byte[]? whole, byte[] afterTarget)
    {
        Whole = whole;
        AfterTarget = afterTarget;
    }

    /// <summary>From <c>POST</c> to the last fixed header; null where the target depends on the call (a model in the path).</summary>
    public byte[]? Whole { get; }

    /// <summary>From the space after the target to the last fixed header.</summary>
    public byte[] AfterTarget { get; }

    /// <param name="target">The path and query where it is the same for every call; null where it is not.</param>
    /// <param name="authority">The value of the Host header.</param>
    /// <param name="provider">Signs the request.</param>
    /// <param name="secret">The credential's secret; empty where none is needed.</param>
    /// <param name="isToken">True for an access token that the credential was exchanged for.</param>
    /// <param name="hasBody">False where the request has no body whose type could be told.</param>
    public static RequestHeadTemplate Make(string? target, string authority, IProvider provider, string secret, bool isToken = false, bool hasBody = true)
    {
        var sink = new Sink();

        // The client's own user agent and encodings stay here; an answer must come as it is, so that usage can be read from it.
        sink.Text.Append(" HTTP/1.1\r\n");
        sink.Add("host", authority);
        sink.Add("user-agent", "sluice");
        sink.Add("accept-encoding", "identity");
        if (hasBody)
        {
            sink.Add("content-type", "application/json");
        }

        if (isToken)
        {
            provider.AuthorizeToken(sink, secret);
        }
        else
        {
            provider.Authorize(sink, secret);
        }

        var after = Encoding.Latin1.GetBytes(sink.Text.ToString());
        return new RequestHeadTemplate(target is null ? null : [.. "POST "u8, .. Encoding.ASCII.GetBytes(target), .. after], after);
    }

    private sealed class Sink : IHeaderSink
    {
        public StringBuilder Text { get; } = new();

        public void Add(string name, string value)
        {
            if (value.AsSpan().ContainsAny('\r', '\n', '\0'))
            {
                throw new InvalidOperationException($"The value of the header {name} contains a line break.");
            }

            Text.Append(name).Append(": ").Append(value).Append("\r\n");
        }
    }
}
