using Sluice.TestKit.Upstream;

namespace Sluice.Tests.Integration;

/// <summary>
/// What one test has for itself on a shared gateway: two upstream accounts and models that nobody else calls, so that
/// what one test breaks (a credential that cools, a breaker that opens) no other test feels.
/// </summary>
public sealed record Lane(string Name, UpstreamLane First, UpstreamLane Second)
{
    /// <summary>Served by <see cref="First"/> as type <c>openai</c>; the vendor's name is the same.</summary>
    public string Chat => $"gpt-{Name}";

    /// <summary>Served by <see cref="First"/> as type <c>openai</c> under the name <see cref="AliasTarget"/>.</summary>
    public string Alias => $"alias-{Name}";

    public string AliasTarget => $"gpt-real-{Name}.2026-01-01";

    /// <summary>Served by <see cref="First"/> as type <c>anthropic</c>.</summary>
    public string Claude => $"claude-{Name}";

    /// <summary>Served by <see cref="First"/> as type <c>gemini</c>.</summary>
    public string Gemini => $"gemini-{Name}";

    /// <summary>Served by <see cref="First"/>, or by <see cref="Second"/> where that fails.</summary>
    public string ChatPair => $"gpt-pair-{Name}";

    /// <inheritdoc cref="ChatPair"/>
    public string ClaudePair => $"claude-pair-{Name}";

    /// <inheritdoc cref="ChatPair"/>
    public string GeminiPair => $"gemini-pair-{Name}";

    /// <summary>Served by one provider whose two credentials go to the same account.</summary>
    public string ChatPool => $"gpt-pool-{Name}";

    /// <summary>Served by a provider with short timeouts: first token 0.6 s, idle 1 s, total 4 s.</summary>
    public string ChatHasty => $"gpt-hasty-{Name}";

    /// <summary>Unpriced, unlike the others.</summary>
    public string ChatUnpriced => $"gpt-unpriced-{Name}";
}
