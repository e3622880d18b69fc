namespace Sluice.Protocol.Canonical;

/// <summary>Takes signed parts out of a request whose vendor does not accept them, and announces them.</summary>
public static class SignatureStripper
{
    /// <summary>Every signature in the messages of a request, in order.</summary>
    public static IEnumerable<Signature> In(ChatRequest request) =>
        request.Messages.SelectMany(message => message.Content)
            .Select(block => block.Signature)
            .OfType<Signature>()
            .Where(signature => signature.Data.Length > 0);

    /// <summary>The request without some signed parts: thoughts go as a whole, of other parts only the signature.</summary>
    /// <param name="request">The request.</param>
    /// <param name="isRefused">True for a part whose signature is not accepted; asked of thoughts without a signature too.</param>
    /// <param name="client">How the client's dialect spells what is lost.</param>
    /// <param name="report">Takes what is lost.</param>
    public static ChatRequest Strip(ChatRequest request, Func<ContentBlock, bool> isRefused, FieldNames client, TranslationReport report)
    {
        if (!request.Messages.Any(message => message.Content.Any(isRefused)))
        {
            return request;
        }

        return request with { Messages = [.. request.Messages.Select(message => message with { Content = Strip(message.Content, isRefused, client, report) })] };
    }

    private static List<ContentBlock> Strip(IReadOnlyList<ContentBlock> blocks, Func<ContentBlock, bool> isRefused, FieldNames client, TranslationReport report)
    {
        var kept = new List<ContentBlock>(blocks.Count);
        foreach (var block in blocks)
        {
            if (!isRefused(block))
            {
                kept.Add(block);
            }
            else if (block is ReasoningBlock)
            {
                report.Drop(CanonicalField.ReasoningText, client);
            }
            else
            {
                report.Drop(CanonicalField.Signatures, client);
                kept.Add(block with { Signature = null });
            }
        }

        return kept;
    }
}
