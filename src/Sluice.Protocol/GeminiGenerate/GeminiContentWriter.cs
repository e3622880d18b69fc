using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>
/// Writes <c>systemInstruction</c> and <c>contents</c>. Turns of the same speaker are joined, since Google wants the results
/// of all calls in the one turn that follows them, and there they lead, in the order of the calls.
/// </summary>
internal sealed class GeminiContentWriter(Utf8JsonWriter json, FieldSet carried, WriteContext context)
{
    private readonly GeminiPartWriter _parts = new(json, context);
    private readonly List<ToolCallBlock> _calls = [];

    public void Write(IReadOnlyList<ChatMessage> messages)
    {
        var system = messages.Where(IsSystem).ToList();
        var turns = messages.Where(message => !IsSystem(message)).ToList();
        if (turns.Count == 0)
        {
            // Google wants at least one turn.
            turns = [.. system.Select(message => message with { Role = Role.User })];
            system = [];
        }

        if (system.Count > 0)
        {
            WriteTurn("systemInstruction", null, system);
        }

        json.WriteStartArray("contents");
        for (var from = 0; from < turns.Count;)
        {
            var speaker = SpeakerOf(turns[from]);
            var to = turns.FindIndex(from, message => SpeakerOf(message) != speaker);
            to = to < 0 ? turns.Count : to;
            WriteTurn(null, speaker, turns[from..to]);
            from = to;
        }

        json.WriteEndArray();
    }

    private static bool IsSystem(ChatMessage message) => message.Role is Role.System or Role.Developer;

    private static string SpeakerOf(ChatMessage message) => message.Role == Role.Assistant ? "model" : "user";

    private void WriteTurn(string? member, string? speaker, List<ChatMessage> messages)
    {
        var blocks = messages.SelectMany(message => message.Content).SelectMany(GeminiToolAnswer.Flat).ToList();
        var written = blocks.Where(IsWritten).ToList();
        if (written.Count == 0)
        {
            return;
        }

        if (member is not null)
        {
            json.WritePropertyName(member);
        }

        json.WriteStartObject();
        json.WriteIf("role", speaker);
        json.WriteStartArray("parts");
        WriteParts(written);
        json.WriteEndArray();
        foreach (var message in messages)
        {
            json.WriteExtensions(message.Extensions, context.Target);
        }

        json.WriteEndObject();
    }

    /// <summary>Google refuses parts without content, and a turn without parts.</summary>
    private bool IsWritten(ContentBlock block)
    {
        switch (block)
        {
            case TextBlock text:
                return text.Text.Length > 0 || SlotOf(text) is not null;
            case RefusalBlock refusal:
                return refusal.Text.Length > 0;
            case ReasoningBlock reasoning:
                return IsWritten(reasoning);
            case MediaBlock media:
                return IsWritten(media);
            case ToolCallBlock or ToolResultBlock:
                return true;
            case ServerToolCallBlock { Owner: var owner }:
                return owner.Accepts(context.Target);
            case ServerToolResultBlock { Owner: var owner }:
                return owner.Accepts(context.Target);
            case OpaqueBlock { Owner: var owner }:
                return owner.Accepts(context.Target);
            default:
                return false;
        }
    }

    /// <summary>Thoughts go back to the vendor that thought them, and to no other.</summary>
    private bool IsWritten(ReasoningBlock reasoning)
    {
        var isOwn = reasoning.Signature is { } signature && signature.Owner.Accepts(context.Target);
        if (!isOwn)
        {
            context.Report.Drop(CanonicalField.ReasoningText, context.Client);
        }

        return isOwn;
    }

    private bool IsWritten(MediaBlock media)
    {
        var isTaken = GeminiMediaWriter.IsTaken(media, context.Target);
        if (!isTaken)
        {
            context.Report.Drop(CanonicalField.FileIds, context.Client);
        }

        return isTaken;
    }

    private void WriteParts(List<ContentBlock> blocks)
    {
        var results = blocks.OfType<ToolResultBlock>().OrderBy(result => PlaceOf(result.CallId)).ToList();
        foreach (var result in results)
        {
            WriteResult(result);
        }

        if (!carried.Contains(CanonicalField.ToolResultMedia))
        {
            // The model takes no media inside an answer of a tool: they stand beside it.
            foreach (var media in results.SelectMany(MediaOf))
            {
                WritePart(media, isFirstCall: false);
            }
        }

        var isFirst = true;
        foreach (var block in blocks.Where(block => block is not ToolResultBlock))
        {
            WritePart(block, isFirst);
            isFirst &= block is not ToolCallBlock;
        }
    }

    private void WritePart(ContentBlock block, bool isFirstCall)
    {
        switch (block)
        {
            case TextBlock text:
                _parts.WriteText(text.Text, SlotOf(text), text.Extensions);
                break;
            case RefusalBlock refusal:
                _parts.WriteText(refusal.Text, null, refusal.Extensions);
                break;
            case ReasoningBlock reasoning:
                _parts.WriteThought(reasoning.Text, SlotOf(reasoning), reasoning.Extensions);
                break;
            case ToolCallBlock call:
                _calls.Add(call);
                _parts.WriteCall(call, SlotOf(call) ?? (isFirstCall && context.Rules.SignsCalls ? GeminiSignatures.None : null));
                break;
            case MediaBlock media:
                _parts.WriteMedia(media, SlotOf(media), carried.Contains(CanonicalField.MediaDetail));
                break;
            case ServerToolCallBlock call:
                json.WriteRaw(call.Raw);
                break;
            case ServerToolResultBlock result:
                json.WriteRaw(result.Raw);
                break;
            case OpaqueBlock opaque:
                json.WriteRaw(opaque.Raw);
                break;
            default:
                break;
        }
    }

    private string? SlotOf(ContentBlock block)
    {
        if (block.Signature is not { Data.Length: > 0 } signature)
        {
            return null;
        }

        if (!signature.Owner.Accepts(context.Target))
        {
            context.Report.Drop(CanonicalField.Signatures, context.Client);
            return null;
        }

        return signature.Data;
    }

    private int PlaceOf(string callId)
    {
        var place = _calls.FindLastIndex(call => call.CallId == callId);
        return place < 0 ? int.MaxValue : place;
    }

    private void WriteResult(ToolResultBlock result)
    {
        var media = carried.Contains(CanonicalField.ToolResultMedia) ? MediaOf(result).ToList() : [];
        json.WriteStartObject();
        json.WriteStartObject("functionResponse");
        _parts.WriteId(result.CallId);
        json.WriteString("name", NameOf(result));
        GeminiToolAnswer.Write(json, result);
        if (media.Count > 0)
        {
            json.WriteStartArray("parts");
            foreach (var part in media)
            {
                _parts.WriteMedia(part, null, withDetail: false);
            }

            json.WriteEndArray();
        }

        json.WriteExtensions(GeminiNames.Inside(result.Extensions, GeminiNames.Response, context.Target), context.Target);
        json.WriteEndObject();
        _parts.End(SlotOf(result), result.Extensions);
    }

    private IEnumerable<MediaBlock> MediaOf(ToolResultBlock result) => result.Content.SelectMany(GeminiToolAnswer.Flat).OfType<MediaBlock>().Where(IsWritten);

    /// <summary>Google wants the tool's name again, which other dialects only say with the call.</summary>
    private string NameOf(ToolResultBlock result) =>
        _calls.FindLast(call => call.CallId == result.CallId)?.Name ?? result.Name ?? result.CallId;
}
