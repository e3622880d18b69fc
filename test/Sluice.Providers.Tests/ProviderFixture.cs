using System.Text;

namespace Sluice.Providers.Tests;

/// <summary>Asks a provider of the registry as the pipeline does.</summary>
internal static class ProviderFixture
{
    /// <summary>A summer's noon in California, 19:00 UTC.</summary>
    public static readonly DateTimeOffset Now = new(2026, 7, 1, 19, 0, 0, TimeSpan.Zero);

    public static readonly ProviderRegistry Registry = new();

    public static IProvider Get(string type) => Registry.Find(type).ShouldNotBeNull();

    public static UpstreamFailure Classify(string type, int status, string body, params (string Name, string Value)[] headers)
    {
        var list = new HeaderList();
        foreach (var (name, value) in headers)
        {
            list[name] = value;
        }

        return Get(type).Classify(status, list, Encoding.UTF8.GetBytes(body), Now);
    }

    public static HeaderList Authorize(string type, string secret)
    {
        var headers = new HeaderList();
        Get(type).Authorize(headers, secret);
        return headers;
    }
}
