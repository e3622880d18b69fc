namespace Sluice.Cli;

/// <summary>Listen addresses as a client on this machine would use them.</summary>
internal static class ListenAddress
{
    /// <summary>The first of several addresses, with an address of this machine where it stands for all of them, without a trailing slash.</summary>
    public static string ForClients(string urls)
    {
        var first = urls.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).FirstOrDefault() ?? "";
        foreach (var any in new[] { "://*", "://+", "://0.0.0.0", "://[::]" })
        {
            first = first.Replace(any, "://127.0.0.1", StringComparison.Ordinal);
        }

        return first.TrimEnd('/');
    }
}
