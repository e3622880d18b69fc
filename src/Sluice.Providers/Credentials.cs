namespace Sluice.Providers;

/// <summary>The ways vendors take a secret. An empty secret adds nothing, for upstreams that need none.</summary>
internal static class Credentials
{
    public static void Bearer(IHeaderSink headers, string secret)
    {
        if (secret.Length > 0)
        {
            headers.Add("authorization", "Bearer " + secret);
        }
    }

    public static void Header(IHeaderSink headers, string name, string secret)
    {
        if (secret.Length > 0)
        {
            headers.Add(name, secret);
        }
    }
}
