namespace Sluice.Protocol.Canonical;

/// <summary>
/// What belongs to an assistant's message and has no slot in the client's dialect, kept until the client sends the message
/// back.
/// </summary>
/// <param name="Reasoning">The signed reasoning that stood before the call or the text, in order.</param>
/// <param name="OfBlock">The signature of the call or text itself (Gemini); null when it has none.</param>
public sealed record KeptSignature(IReadOnlyList<ReasoningBlock> Reasoning, Signature? OfBlock)
{
    /// <summary>Nothing to give back: the key alone is what is kept.</summary>
    public static KeptSignature Nothing { get; } = new([], null);
}

/// <summary>
/// Keeps signatures between the calls of a conversation. The service gives an implementation that is bounded, expires, and
/// keeps the callers apart; both methods run on the request path and must not block.
/// </summary>
public interface ISignatureStore
{
    /// <summary>Keeps a signature; the latest stands.</summary>
    /// <param name="key">From <see cref="SignatureKeys"/>.</param>
    /// <param name="kept">What to keep; independent of any document's memory.</param>
    void Keep(string key, KeptSignature kept);

    /// <summary>What is kept under a key; null when it never was or is no longer.</summary>
    KeptSignature? Find(string key);
}
