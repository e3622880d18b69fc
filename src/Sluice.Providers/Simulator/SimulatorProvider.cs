using Sluice.Providers.Anthropic;
using Sluice.Providers.Catalogue;
using Sluice.Providers.Failures;
using Sluice.Providers.Gemini;
using Sluice.Providers.OpenAI;

namespace Sluice.Providers.Simulator;

/// <summary>
/// Sluice's own simulator, in process or elsewhere: one base URL without a version serves every dialect at its vendor's
/// paths. Without a <c>base_url</c> the one in process serves.
/// </summary>
internal sealed class SimulatorProvider : IProvider
{
    public ProviderDescriptor Descriptor { get; } = new("simulator", "Simulator")
    {
        Operations = [.. UsualPaths.UnderHost, .. UsualPaths.KeptResponses.Select(row => row with { Path = "/v1" + row.Path }), .. UsualPaths.Predictions],
        Models = new ModelCatalogue("Simulator"),
        ModelsPath = "/v1/models",
        RequiresCredential = false,

        // Its own names with a fault behind them, and what vendors' SDKs and agents ask for of themselves.
        AlsoServes = ["sim-*", "gpt-*", "chatgpt-*", "codex-*", "o1*", "o3*", "o4*", "text-embedding-*", "omni-moderation-*", "claude-*", "gemini-*"],
    };

    /// <summary>Any key will do for the simulator, but none is refused, as a vendor would.</summary>
    public void Authorize(IHeaderSink headers, string secret) => Credentials.Bearer(headers, secret.Length > 0 ? secret : "simulator");

    /// <summary>The simulator answers as each vendor would, so each vendor's rules read it.</summary>
    public UpstreamFailure Classify(int status, IUpstreamHeaders headers, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        var error = UpstreamErrorBody.Read(body);
        return FailureTable.Build(
            status, headers, error, OpenAIErrors.Kind(error) ?? AnthropicErrors.Kind(error) ?? GeminiErrors.Kind(error), now);
    }
}
