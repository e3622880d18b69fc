namespace Sluice.Protocol.Json;

/// <summary>
/// A document is JSON and yet not what its dialect says. Thrown and caught inside the readers, which answer it as a
/// <see cref="Canonical.GatewayError"/>.
/// </summary>
/// <param name="message">What is wrong, without a full stop.</param>
/// <param name="member">The member at fault; null when none is.</param>
internal sealed class WireFormatException(string message, string? member) : Exception(message)
{
    /// <summary>The member at fault; null when none is.</summary>
    public string? Member { get; } = member;
}
