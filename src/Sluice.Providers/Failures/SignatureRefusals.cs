namespace Sluice.Providers.Failures;

/// <summary>
/// How vendors refuse a signed part of a conversation that is not theirs, which only OpenAI has a code for. The words are those
/// of the vendors' answers in November 2026; others leave the refusal what it is, a bad request.
/// </summary>
internal static class SignatureRefusals
{
    private const StringComparison Words = StringComparison.OrdinalIgnoreCase;

    public static bool Is(UpstreamErrorBody error) => error.Code == "invalid_encrypted_content"
        || IsThought(error.Message)
        // OpenAI's reasoning items that it has not stored, or not for this account.
        || (error.Message.Contains("'rs_", Words) && error.Message.Contains("not found", Words));

    /// <summary>Anthropic's <c>Invalid `signature` in `thinking` block</c>, Google's <c>Corrupted thought signature</c> and <c>missing a thought_signature</c>.</summary>
    private static bool IsThought(string message) =>
        (message.Contains("signature", Words) && (message.Contains("thinking", Words) || message.Contains("thought", Words)))
        || (message.Contains("redacted_thinking", Words) && message.Contains("invalid", Words));
}
