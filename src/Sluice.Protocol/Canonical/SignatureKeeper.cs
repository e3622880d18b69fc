namespace Sluice.Protocol.Canonical;

/// <summary>
/// Keeps the signed parts of an answer that the client's dialect has no slot for, and puts them back when the client sends
/// the answer as a part of the conversation.
/// </summary>
public static class SignatureKeeper
{
    /// <summary>Keeps what is signed in an answer, by its tool calls, or by its text where it calls none.</summary>
    public static void Keep(ChatResponse response, ISignatureStore store)
    {
        foreach (var choice in response.Choices)
        {
            Keep(choice.Content, store);
        }
    }

    /// <summary>
    /// The request with what was kept of its earlier answers. What came with the message stays as it is: a client may have a
    /// slot for the signatures of thoughts and none for those of calls.
    /// </summary>
    public static ChatRequest Restore(ChatRequest request, ISignatureStore store)
    {
        var messages = request.Messages.Select(message => message.Role == Role.Assistant ? Restore(message, store) : message).ToList();
        return messages.SequenceEqual(request.Messages, ReferenceEqualityComparer.Instance) ? request : request with { Messages = messages };
    }

    private static void Keep(IReadOnlyList<ContentBlock> blocks, ISignatureStore store)
    {
        var thoughts = new List<ReasoningBlock>();
        var hasCalls = false;
        foreach (var block in blocks)
        {
            if (block is ReasoningBlock { Signature: not null } thought)
            {
                thoughts.Add(thought with { Extensions = [] });
            }
            else if (block is ToolCallBlock call)
            {
                hasCalls = true;
                Keep(KeyOf(call), thoughts, call.Signature, store);
                thoughts = [];
            }
        }

        // Most answers are signed nowhere: then their text is not hashed.
        if (!hasCalls && blocks.LastOrDefault(block => block is TextBlock) is { } last && (thoughts.Count > 0 || last.Signature is not null))
        {
            Keep(SignatureKeys.OfText(TextOf(blocks)), thoughts, last.Signature, store);
        }
    }

    private static void Keep(string key, List<ReasoningBlock> thoughts, Signature? signature, ISignatureStore store)
    {
        if (thoughts.Count > 0 || signature is not null)
        {
            store.Keep(key, new KeptSignature(thoughts, signature));
        }
    }

    private static ChatMessage Restore(ChatMessage message, ISignatureStore store)
    {
        var lacksThoughts = !message.Content.Any(block => block is ReasoningBlock { Signature: not null });
        var restored = message.Content.Any(block => block is ToolCallBlock)
            ? RestoreCalls(message.Content, lacksThoughts, store)
            : RestoreText(message.Content, lacksThoughts, store);
        return restored is null ? message : message with { Content = restored };
    }

    /// <summary>Null when nothing was kept. Thoughts without a signature give way to the ones that have it.</summary>
    private static List<ContentBlock>? RestoreCalls(IReadOnlyList<ContentBlock> blocks, bool lacksThoughts, ISignatureStore store)
    {
        var restored = new List<ContentBlock>();
        var leading = new List<ContentBlock>();
        var found = false;
        foreach (var block in blocks)
        {
            if (block is ToolCallBlock call && store.Find(KeyOf(call)) is { } kept)
            {
                // The thoughts of the first call came before everything the message says.
                (found ? restored : leading).AddRange(lacksThoughts ? kept.Reasoning : []);
                restored.Add(call with { Signature = call.Signature ?? kept.OfBlock });
                found = true;
            }
            else
            {
                restored.Add(block);
            }
        }

        return found ? [.. leading, .. WithoutThoughts(restored, leading.Count > 0)] : null;
    }

    private static List<ContentBlock>? RestoreText(IReadOnlyList<ContentBlock> blocks, bool lacksThoughts, ISignatureStore store)
    {
        if (!blocks.Any(block => block is TextBlock) || store.Find(SignatureKeys.OfText(TextOf(blocks))) is not { } kept)
        {
            return null;
        }

        var last = blocks.Last(block => block is TextBlock);
        var signed = blocks.Select(block => ReferenceEquals(block, last) ? block with { Signature = block.Signature ?? kept.OfBlock } : block);
        return lacksThoughts ? [.. kept.Reasoning, .. WithoutThoughts(signed, kept.Reasoning.Count > 0)] : [.. signed];
    }

    private static IEnumerable<ContentBlock> WithoutThoughts(IEnumerable<ContentBlock> blocks, bool when) =>
        when ? blocks.Where(block => block is not ReasoningBlock { Signature: null }) : blocks;

    /// <summary>Ids are kept as the strictest dialect shows them; fitting a fitted id changes nothing.</summary>
    private static string KeyOf(ToolCallBlock call) => SignatureKeys.OfCall(ToolCallIds.Fit(call.CallId, ToolCallIds.LongestInChat));

    private static string TextOf(IReadOnlyList<ContentBlock> blocks) => string.Concat(blocks.OfType<TextBlock>().Select(text => text.Text));
}
