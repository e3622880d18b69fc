using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.Anthropic;

/// <summary>What <c>anthropic-version</c> changes. A request without the header is taken as of the classic version.</summary>
internal static class AnthropicVersion
{
    private const string Classic = "2023-06-01";
    private const string Newest = "2026-10-21";
    private static readonly string[] Removed = ["temperature", "top_p", "top_k"];

    public static bool AllowsSystemMessages(HttpRequest request) => Of(request) == Newest;

    /// <summary>Refuses an unknown version, and the sampling parameters that the newest one removed.</summary>
    public static VendorError? Check(HttpRequest request, JsonElement body)
    {
        var version = Of(request);
        if (version is not (Classic or Newest or "2023-01-01"))
        {
            return AnthropicVendor.Refuse($"anthropic-version: \"{version}\" is not a valid version. For more information, please read https://docs.anthropic.com/en/api/versioning");
        }

        return version == Newest && Array.Find(Removed, name => body.TryGetProperty(name, out _)) is { } removed
            ? AnthropicVendor.Refuse($"{removed}: Extra inputs are not permitted")
            : null;
    }

    private static string Of(HttpRequest request) => request.Headers["anthropic-version"].ToString() is { Length: > 0 } version ? version : Classic;
}
