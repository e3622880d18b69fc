namespace Sluice.Providers;

/// <summary>Takes the headers that a provider adds to an upstream request.</summary>
public interface IHeaderSink
{
    /// <summary>Adds a header; names in lower case, values without line breaks (checked by the sink).</summary>
    void Add(string name, string value);
}

/// <summary>The response headers of an upstream, as far as a provider may look at them.</summary>
public interface IUpstreamHeaders
{
    /// <summary>The first value of a header by its lower-case name; null when absent.</summary>
    string? Find(string name);
}

/// <summary>A vendor: who it is (data), how a request is signed, and what its failures mean.</summary>
public interface IProvider
{
    ProviderDescriptor Descriptor { get; }

    /// <summary>Adds the vendor's authentication headers for an API key.</summary>
    /// <param name="headers">Where the headers go.</param>
    /// <param name="secret">The credential's current secret; empty where none is needed.</param>
    void Authorize(IHeaderSink headers, string secret);

    /// <summary>Adds the vendor's authentication headers for an access token that a credential was exchanged for.</summary>
    void AuthorizeToken(IHeaderSink headers, string accessToken) => Credentials.Bearer(headers, accessToken);

    /// <summary>Reads a response that is not a success.</summary>
    /// <param name="status">The HTTP status; 200 for an error event inside a stream.</param>
    /// <param name="headers">The response's headers.</param>
    /// <param name="body">The body, or as much of it as was read (64 KiB at most).</param>
    /// <param name="now">The current time, for dates in <c>retry-after</c>.</param>
    UpstreamFailure Classify(int status, IUpstreamHeaders headers, ReadOnlySpan<byte> body, DateTimeOffset now);
}
