namespace Sluice.Simulator.Wire;

/// <summary>A failure in a vendor's words.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Type">OpenAI's and Anthropic's <c>type</c>, Google's <c>status</c>.</param>
/// <param name="Message">The message.</param>
internal sealed record VendorError(int Status, string Type, string Message)
{
    /// <summary>OpenAI's <c>code</c>, Anthropic's <c>details.error_code</c>, the <c>reason</c> of Google's <c>ErrorInfo</c>.</summary>
    public string? Code { get; init; }

    /// <summary>OpenAI's <c>param</c>, the <c>field</c> of Google's <c>BadRequest</c>.</summary>
    public string? Param { get; init; }

    /// <summary>When to come back; null where the vendor does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The <c>quotaId</c> of Google's <c>QuotaFailure</c>.</summary>
    public string? QuotaId { get; init; }
}
