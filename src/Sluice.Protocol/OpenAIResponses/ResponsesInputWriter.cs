using System.Text;
using System.Text.Json;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.OpenAIChat;

namespace Sluice.Protocol.OpenAIResponses;

/// <summary>Writes <c>instructions</c> and <c>input</c>.</summary>
internal sealed class ResponsesInputWriter(Utf8JsonWriter json, FieldSet carried, WriteContext context)
{
    private readonly ToolCallIds _ids = new(ToolCallIds.LongestElsewhere);

    public void Write(IReadOnlyList<ChatMessage> messages)
    {
        var instructions = messages.Where(message => message.ThisCallOnly).SelectMany(message => message.Content).OfType<TextBlock>().ToList();
        if (instructions.Count > 0)
        {
            json.WriteString("instructions", string.Join("\n\n", instructions.Select(text => text.Text)));
        }

        var kept = messages.Where(message => !message.ThisCallOnly).ToList();
        if (kept.Count > 0)
        {
            json.WriteStartArray("input");
            kept.ForEach(WriteMessage);
            json.WriteEndArray();
        }
    }

    private void WriteMessage(ChatMessage message)
    {
        switch (message.Role)
        {
            case Role.Assistant:
                WriteAnswer(message);
                break;
            case Role.Tool:
                WriteResults(message.Content);
                break;
            default:
                WriteSpoken(message);
                break;
        }
    }

    private void WriteSpoken(ChatMessage message)
    {
        var kept = message.Content.Where(Keeps).ToList();
        if (kept.Count == 0 && message.Content.Count > 0)
        {
            // Nothing is left of what was said.
            return;
        }

        json.WriteStartObject();
        json.WriteString("type", "message");
        json.WriteIf("id", message.Id);
        json.WriteString("role", ResponsesWords.Of(message.Role, context.Rules));
        WriteContent("content", kept);
        json.WriteExtensions([.. ResponsesWords.WithMark(message.Extensions, ResponsesWords.MessageMark)], context.Target);
        json.WriteEndObject();
    }

    /// <summary>True when the target can have such a part; the report names the others, unless CarriedFields has.</summary>
    private bool Keeps(ContentBlock block) => block switch
    {
        TextBlock or RefusalBlock => true,
        OpaqueBlock opaque => opaque.Id is null && opaque.Owner.Accepts(context.Target),
        MediaBlock { Source: FileMedia file } when !file.Owner.Accepts(context.Target) => Lose(CanonicalField.FileIds),
        MediaBlock { Kind: MediaKind.Image, Source: InlineMedia or UrlMedia or FileMedia } => true,
        MediaBlock { Kind: MediaKind.Audio, Source: InlineMedia } => carried.Contains(CanonicalField.AudioInput),
        MediaBlock { Kind: MediaKind.Audio } => Lose(CanonicalField.AudioInput),
        MediaBlock { Kind: MediaKind.Document } => true,
        _ => false,
    };

    private bool Lose(CanonicalField field)
    {
        context.Report.Drop(field, context.Client);
        return false;
    }

    /// <summary>A text that nothing is said of is a string; anything else is an array of parts.</summary>
    private void WriteContent(string name, List<ContentBlock> kept)
    {
        if (kept is [TextBlock { Extensions.Count: 0 } only] && !IsMarked(only))
        {
            json.WriteString(name, only.Text);
            return;
        }

        json.WriteStartArray(name);
        kept.ForEach(WritePart);
        json.WriteEndArray();
    }

    private void WritePart(ContentBlock block)
    {
        switch (block)
        {
            case TextBlock text:
                Begin("input_text");
                json.WriteString("text", text.Text);
                End(block);
                break;
            case RefusalBlock refusal:
                Begin("input_text");
                json.WriteString("text", refusal.Text);
                End(block);
                break;
            case MediaBlock media:
                WriteMedia(media);
                break;
            case OpaqueBlock opaque:
                json.WriteRaw(opaque.Raw);
                break;
            default:
                break;
        }
    }

    private void Begin(string type)
    {
        json.WriteStartObject();
        json.WriteString("type", type);
    }

    private void End(ContentBlock block)
    {
        if (IsMarked(block))
        {
            json.WriteStartObject("prompt_cache_breakpoint");
            json.WriteString("mode", "explicit");
            json.WriteEndObject();
        }

        json.WriteExtensions(ResponsesItems.OwnOf(block), context.Target);
        json.WriteEndObject();
    }

    private bool IsMarked(ContentBlock block)
    {
        if (block.Cache is null || !carried.Contains(CanonicalField.CacheMarks))
        {
            return false;
        }

        var takesMarks = context.Rules.CacheBreakpoints > 0;
        if (!takesMarks)
        {
            context.Report.Drop(CanonicalField.CacheMarks, context.Client);
        }

        return takesMarks;
    }

    private void WriteMedia(MediaBlock media)
    {
        switch (media.Kind, media.Source)
        {
            case (MediaKind.Image, _):
                WriteImage(media);
                break;
            case (MediaKind.Audio, InlineMedia sound):
                Begin("input_audio");
                json.WriteStartObject("input_audio");
                json.WriteString("data", sound.Base64.Span);
                json.WriteString("format", ChatAudio.ToFormat(media.MediaType));
                json.WriteEndObject();
                End(media);
                break;
            case (MediaKind.Document, BlockMedia blocks):
                context.Report.Adjust("a document of blocks became its blocks");
                blocks.Blocks.Where(Keeps).ToList().ForEach(WritePart);
                break;
            default:
                WriteFile(media);
                break;
        }
    }

    private void WriteImage(MediaBlock image)
    {
        Begin("input_image");
        switch (image.Source)
        {
            case InlineMedia inline:
                DataUrl.Write(json, "image_url", image.MediaType ?? "image/png", inline.Base64.Span);
                break;
            case UrlMedia url:
                json.WriteString("image_url", url.Url);
                break;
            case FileMedia file:
                json.WriteString("file_id", file.FileId);
                break;
            default:
                break;
        }

        // Required by the typings, if not by OpenAI.
        json.WriteString("detail", image.Detail ?? "auto");
        End(image);
    }

    /// <summary>OpenAI takes a file's bytes only with a name, and a name only with bytes.</summary>
    private void WriteFile(MediaBlock media)
    {
        Begin("input_file");
        switch (media.Source)
        {
            case InlineMedia inline:
                WriteBytes(media.Name ?? "document.pdf", media.MediaType ?? "application/pdf", inline.Base64.Span);
                break;
            case TextMedia text:
                WriteBytes(media.Name ?? "document.txt", "text/plain", Encoding.ASCII.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(text.Text))));
                break;
            case UrlMedia url:
                json.WriteString("file_url", url.Url);
                break;
            case FileMedia file:
                json.WriteString("file_id", file.FileId);
                break;
            default:
                break;
        }

        json.WriteIf("detail", media.Detail);
        End(media);
    }

    private void WriteBytes(string name, string mediaType, ReadOnlySpan<byte> base64)
    {
        json.WriteString("filename", name);
        DataUrl.Write(json, "file_data", mediaType, base64);
    }

    private void WriteAnswer(ChatMessage message)
    {
        foreach (var item in ResponsesItems.Of(message.Content))
        {
            WriteItem(item);
        }
    }

    private void WriteItem(List<ContentBlock> item)
    {
        switch (item[0])
        {
            case ReasoningBlock reasoning:
                WriteReasoning(reasoning);
                break;
            case ToolCallBlock call:
                WriteCall(call);
                break;
            case ServerToolCallBlock { Owner: var owner, Raw: var raw } when owner.Accepts(context.Target):
                json.WriteRaw(raw);
                break;
            case OpaqueBlock { Id: not null, Owner: var owner, Raw: var raw } when owner.Accepts(context.Target):
                json.WriteRaw(raw);
                break;
            case MediaBlock { Id: { } id, Source: InlineMedia picture } image:
                ResponsesAnswerParts.WriteImage(json, id, image, picture, context.Target);
                break;
            case MediaBlock image:
                context.Report.Drop(image.Kind == MediaKind.Image ? CanonicalField.ImageData : CanonicalField.AudioInput, context.Client);
                break;
            default:
                WriteSaid(item);
                break;
        }
    }

    private void WriteSaid(List<ContentBlock> parts)
    {
        var written = parts.Where(part => part is not OpaqueBlock opaque || opaque.Owner.Accepts(context.Target)).ToList();
        if (written.Count == 0 || !ResponsesItems.IsPart(written[0]))
        {
            return;
        }

        json.WriteStartObject();
        json.WriteString("type", "message");
        json.WriteIf("id", ResponsesItems.IdOf(written));
        json.WriteString("role", "assistant");
        var members = ResponsesItems.MembersOf(written[0]).ToList();
        ResponsesAnswerParts.WriteStatus(json, members);
        json.WriteStartArray("content");
        foreach (var part in written)
        {
            ResponsesAnswerParts.Write(json, WithOwnCitations(part), [], context.Target);
        }

        json.WriteEndArray();
        json.WriteExtensions(members, context.Target);
        json.WriteEndObject();
    }

    /// <summary>Nobody needs the citations of an earlier answer but the vendor that made them.</summary>
    private ContentBlock WithOwnCitations(ContentBlock part) => part is TextBlock { Citations.Count: > 0 } text
        ? text with { Citations = [.. text.Citations.Where(citation => citation.Owner.Accepts(context.Target) && !citation.Raw.IsEmpty)] }
        : part;

    /// <summary>Thoughts go back to the vendor that made them, unchanged, and to no other.</summary>
    private void WriteReasoning(ReasoningBlock reasoning)
    {
        var isTaken = reasoning.Signature is { } signature ? signature.Owner.Accepts(context.Target) : reasoning.Id is not null;
        if (isTaken)
        {
            ResponsesReasoning.Write(json, reasoning.Id, reasoning, reasoning.Signature?.Data, context.Target);
        }
        else
        {
            context.Report.Drop(CanonicalField.ReasoningText, context.Client);
        }
    }

    private void WriteCall(ToolCallBlock call)
    {
        var isCustom = call.Kind == ToolCallKind.Custom;
        Begin(isCustom ? "custom_tool_call" : "function_call");
        json.WriteIf("id", call.Id);
        json.WriteString("call_id", _ids.OfCall(call.CallId));
        json.WriteString("name", call.Name);
        json.WriteString(isCustom ? "input" : "arguments", ResponsesAnswerParts.ArgumentsOf(call));
        json.WriteExtensions(call.Extensions, context.Target);
        json.WriteEndObject();
    }

    private void WriteResults(IReadOnlyList<ContentBlock> blocks)
    {
        foreach (var block in blocks)
        {
            if (block is ToolResultBlock result)
            {
                WriteResult(result);
            }
            else if (block is OpaqueBlock { Id: not null } opaque && opaque.Owner.Accepts(context.Target))
            {
                json.WriteRaw(opaque.Raw);
            }
        }
    }

    private void WriteResult(ToolResultBlock result)
    {
        Begin(result.Kind == ToolCallKind.Custom ? "custom_tool_call_output" : "function_call_output");
        json.WriteIf("id", result.Id);
        json.WriteString("call_id", _ids.OfResult(result.CallId));
        if (result.Content.Count == 0)
        {
            json.WriteString("output", "");
        }
        else
        {
            WriteContent("output", [.. result.Content.Where(Keeps)]);
        }

        json.WriteExtensions(result.Extensions, context.Target);
        json.WriteEndObject();
    }
}
