using System.Collections.Frozen;

namespace Sluice.Pricing.Import;

/// <summary>The provider types behind the names that the catalogues have for vendors. A name that is not here is kept as it is.</summary>
internal static class CatalogueVendors
{
    private static readonly FrozenDictionary<string, string> Types = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["text-completion-openai"] = "openai",
        ["google"] = "gemini",
        ["google-vertex"] = "vertex",
        ["google-vertex-anthropic"] = "vertex",
        ["azure"] = "azure-openai",
        ["azure_ai"] = "azure-openai",
        ["togetherai"] = "together",
        ["together_ai"] = "together",
        ["fireworks-ai"] = "fireworks",
        ["fireworks_ai"] = "fireworks",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static string TypeOf(string vendor) =>
        Types.TryGetValue(vendor, out var type) ? type
        : vendor.StartsWith("vertex_ai", StringComparison.Ordinal) ? "vertex"
        : vendor.Replace('_', '-');
}
