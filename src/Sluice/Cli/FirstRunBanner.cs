using System.Text.Json;

namespace Sluice.Cli;

/// <summary>What a started service says of itself.</summary>
internal sealed record BannerContent
{
    /// <summary>The addresses that are listened on, as Kestrel gives them.</summary>
    public required IReadOnlyList<string> Addresses { get; init; }

    /// <summary>The names of the providers that serve.</summary>
    public IReadOnlyList<string> Providers { get; init; } = [];

    /// <summary>True when there is no administrator yet.</summary>
    public bool IsNew { get; init; }

    /// <summary>The link with the one-time token; null when the service is set up already.</summary>
    public string? SetupUrl { get; init; }

    /// <summary>A key that works in the example call; null shows a placeholder.</summary>
    public string? ExampleKey { get; init; }

    /// <summary>A model that works in the example call; null shows no example.</summary>
    public string? ExampleModel { get; init; }
}

/// <summary>The banner as one JSON line.</summary>
internal sealed record ReadyDocument(
    string Event,
    string Version,
    IReadOnlyList<string> Addresses,
    IReadOnlyList<string> Providers,
    bool New,
    string? SetupUrl,
    string? Example);

/// <summary>Tells the operator, once the service listens, where it is, how to set it up, and a first call to paste.</summary>
internal static class FirstRunBanner
{
    public static void Write(TextWriter writer, BannerContent content, bool json)
    {
        var example = Example(content);
        if (json)
        {
            var document = new ReadyDocument("ready", SluiceCommandLine.Version, content.Addresses, content.Providers, content.IsNew, content.SetupUrl, example);
            writer.WriteLine(JsonSerializer.Serialize(document, CommandJson.Default.ReadyDocument));
            writer.Flush();
            return;
        }

        writer.WriteLine($"Sluice {SluiceCommandLine.Version}, one gateway for every AI service");
        writer.WriteLine($"  Listening  {string.Join("  ", content.Addresses)}");
        if (content.Providers.Count > 0)
        {
            writer.WriteLine($"  Serving    {string.Join(", ", content.Providers)}");
        }

        if (content.Providers is [Configuration.ProviderTypeCatalog.Simulator])
        {
            writer.WriteLine("             Answers are simulated. For real ones set OPENAI_API_KEY, ANTHROPIC_API_KEY or GEMINI_API_KEY, or run: sluice init");
        }

        if (content.SetupUrl is { } setup)
        {
            writer.WriteLine($"  Set up     {setup}");
            writer.WriteLine("             This link works once.");
        }

        if (example is not null)
        {
            writer.WriteLine();
            writer.WriteLine("A first call, streamed:");
            writer.WriteLine();
            writer.WriteLine(example);
        }

        writer.WriteLine();
        writer.Flush();
    }

    private static string? Example(BannerContent content)
    {
        if (content.ExampleModel is not { } model || content.Addresses.Count == 0)
        {
            return null;
        }

        var url = ListenAddress.ForClients(content.Addresses[0]);
        var body = $$"""{"model":"{{JsonEncodedText.Encode(model)}}","stream":true,"messages":[{"role":"user","content":"Hello"}]}""";
        var authorization = $"authorization: Bearer {content.ExampleKey ?? "YOUR_KEY"}";
        return $"curl -N {url}/v1/chat/completions -H {Shell.Quote(authorization)} -H 'content-type: application/json' -d {Shell.Quote(body)}";
    }
}
