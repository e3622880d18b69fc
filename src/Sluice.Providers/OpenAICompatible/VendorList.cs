using Sluice.Providers.Catalogue;

namespace Sluice.Providers.OpenAICompatible;

/// <summary>The embedded <c>vendors.json</c>.</summary>
internal static class VendorList
{
    /// <summary>The row behind <c>type: openai-compatible</c>: any server that speaks the Chat dialect, wherever it is.</summary>
    public static readonly VendorRow Any = new("openai-compatible", "OpenAI compatible")
    {
        Operations = ["chat", "completions", "embeddings", "moderations"],
        KeyRequired = false,
    };

    public static IReadOnlyList<VendorRow> Load() => DataObject.ReadFile("vendors.json", file => (IReadOnlyList<VendorRow>)[.. file.EnumerateArray().Select(VendorRow.Read)]);
}
