namespace Sluice.Providers.Tests;

/// <summary>Headers in both directions: what a provider adds, and what a vendor answered.</summary>
internal sealed class HeaderList : Dictionary<string, string>, IHeaderSink, IUpstreamHeaders
{
    public string? Find(string name) => TryGetValue(name, out var value) ? value : null;

    void IHeaderSink.Add(string name, string value) => Add(name, value);
}
