namespace Sluice.Protocol.Canonical;

/// <summary>
/// An answer with a status of success holds an error object. Thrown and caught inside the readers, which answer it as a
/// <see cref="GatewayError"/>.
/// </summary>
/// <param name="type">The vendor's type or code of the failure.</param>
internal sealed class ReportedFailureException(string type) : Exception
{
    /// <summary>The vendor's type or code of the failure.</summary>
    public string Type { get; } = type;
}
