using Sluice.Protocol.Canonical;

namespace Sluice.Usage;

/// <summary>A call that was open when the process died, for the one who knows prices.</summary>
/// <param name="Model">The model as the client asked for it.</param>
/// <param name="Provider">The provider's name.</param>
/// <param name="UpstreamModel">The vendor's model id.</param>
/// <param name="Operation">The operation's name, such as <c>chat</c>.</param>
/// <param name="PriceId">The price of the reservation; null when none was known.</param>
/// <param name="AtMicros">When the call arrived, in microseconds since the Unix epoch.</param>
/// <param name="Tokens">What it had used at its last checkpoint; the estimated input where it had none.</param>
internal sealed record RecoveredCall(
    string Model, string Provider, string UpstreamModel, string Operation, string? PriceId, long AtMicros, TokenUsage Tokens);
