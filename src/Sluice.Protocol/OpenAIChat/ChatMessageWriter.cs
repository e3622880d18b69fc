using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.OpenAIChat;

/// <summary>Writes the messages of one request.</summary>
internal sealed class ChatMessageWriter(Utf8JsonWriter json, FieldSet carried, WriteContext context)
{
    private readonly ToolCallIds _ids = new(ToolCallIds.LongestInChat);
    private readonly List<ContentBlock> _resultMedia = [];

    public void Write(IReadOnlyList<ChatMessage> messages)
    {
        json.WriteStartArray("messages");
        foreach (var message in messages)
        {
            if (message.Role != Role.Tool)
            {
                WriteResultMedia();
            }

            WriteMessage(message);
        }

        WriteResultMedia();
        json.WriteEndArray();
    }

    private void WriteMessage(ChatMessage message)
    {
        switch (message.Role)
        {
            case Role.Tool:
                WriteResults(message);
                break;
            case Role.Assistant:
                WriteAssistant(message);
                break;
            default:
                WriteSpoken(message);
                break;
        }
    }

    private void WriteSpoken(ChatMessage message)
    {
        Begin(message);
        WriteContent(message.Content);
        json.WriteExtensions(message.Extensions, context.Target);
        json.WriteEndObject();
    }

    private void Begin(ChatMessage message)
    {
        json.WriteStartObject();
        json.WriteString("role", ChatWords.Of(message.Role, context.Rules));
        json.WriteIf("name", carried.Contains(CanonicalField.MessageName) ? message.Name : null);
    }

    /// <summary>A text that nothing is said of is a string, which every vendor takes; anything else is an array of parts.</summary>
    private void WriteContent(IReadOnlyList<ContentBlock> blocks)
    {
        if (blocks is [TextBlock { Extensions.Count: 0 } only] && !IsMarked(only))
        {
            json.WriteString("content", only.Text);
            return;
        }

        json.WriteStartArray("content");
        foreach (var block in blocks)
        {
            WritePart(block);
        }

        json.WriteEndArray();
    }

    private void WritePart(ContentBlock block)
    {
        switch (block)
        {
            case TextBlock text:
                BeginPart("text");
                json.WriteString("text", text.Text);
                EndPart(block);
                break;
            case RefusalBlock refusal:
                BeginPart("refusal");
                json.WriteString("refusal", refusal.Text);
                EndPart(block);
                break;
            case MediaBlock media:
                WriteMedia(media);
                break;
            case OpaqueBlock opaque when opaque.Owner.Accepts(context.Target):
                json.WriteRaw(opaque.Raw);
                break;
            default:
                break;
        }
    }

    private void BeginPart(string type)
    {
        json.WriteStartObject();
        json.WriteString("type", type);
    }

    private void EndPart(ContentBlock block)
    {
        if (IsMarked(block))
        {
            json.WriteStartObject("prompt_cache_breakpoint");
            json.WriteString("mode", "explicit");
            json.WriteEndObject();
        }

        json.WriteExtensions(block.Extensions, context.Target);
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
            case (MediaKind.Image, InlineMedia or UrlMedia):
                WriteImage(media);
                break;
            case (MediaKind.Audio, InlineMedia sound) when carried.Contains(CanonicalField.AudioInput):
                BeginPart("input_audio");
                json.WriteStartObject("input_audio");
                json.WriteString("data", sound.Base64.Span);
                json.WriteString("format", ChatAudio.ToFormat(media.MediaType));
                json.WriteEndObject();
                EndPart(media);
                break;
            case (MediaKind.Document, InlineMedia file):
                WriteFile(media, file);
                break;
            case (MediaKind.Document, TextMedia text):
                BeginPart("text");
                json.WriteString("text", text.Text);
                EndPart(media);
                break;
            case (_, FileMedia file) when file.Owner.Accepts(context.Target):
                BeginPart("file");
                json.WriteStartObject("file");
                json.WriteString("file_id", file.FileId);
                json.WriteIf("filename", media.Name);
                json.WriteEndObject();
                EndPart(media);
                break;
            case (MediaKind.Document, BlockMedia blocks):
                foreach (var block in blocks.Blocks)
                {
                    WritePart(block);
                }

                break;
            case (_, FileMedia):
                context.Report.Drop(CanonicalField.FileIds, context.Client);
                break;
            default:
                // Named by the table of fields.
                break;
        }
    }

    private void WriteImage(MediaBlock image)
    {
        BeginPart("image_url");
        ChatImages.WriteUrl(json, image);
        EndPart(image);
    }

    /// <summary>OpenAI takes a file's bytes only with a name.</summary>
    private void WriteFile(MediaBlock media, InlineMedia file)
    {
        BeginPart("file");
        json.WriteStartObject("file");
        json.WriteString("filename", media.Name ?? "document.pdf");
        DataUrl.Write(json, "file_data", media.MediaType ?? "application/pdf", file.Base64.Span);
        json.WriteEndObject();
        EndPart(media);
    }

    private void WriteAssistant(ChatMessage message)
    {
        Begin(message);
        WriteReasoning(message.Content);
        var said = message.Content.Where(block => block is TextBlock or RefusalBlock or OpaqueBlock || (block is MediaBlock && block.Id is null)).ToList();
        if (said.Count == 0)
        {
            // Chat takes no message that says nothing at all, such as one whose thoughts were left out.
            json.WriteStringOrNull("content", message.Content.Any(block => block is ToolCallBlock or MediaBlock) ? null : "");
        }
        else if (said.All(block => block is RefusalBlock))
        {
            json.WriteNull("content");
            json.WriteString("refusal", string.Concat(said.Cast<RefusalBlock>().Select(refusal => refusal.Text)));
        }
        else
        {
            WriteAssistantContent(said);
        }

        if (message.Content.OfType<MediaBlock>().FirstOrDefault(media => media is { Kind: MediaKind.Audio, Id: not null }) is { } audio)
        {
            json.WriteStartObject("audio");
            json.WriteString("id", audio.Id);
            json.WriteEndObject();
        }

        WriteCalls(message.Content.OfType<ToolCallBlock>().ToList());
        json.WriteExtensions(message.Extensions, context.Target);
        json.WriteEndObject();
    }

    private void WriteAssistantContent(List<ContentBlock> said)
    {
        if (said.Count > 1 && said[..^1].All(block => block is TextBlock) && said[^1] is RefusalBlock refusal)
        {
            WriteContent(said[..^1]);
            json.WriteString("refusal", refusal.Text);
            return;
        }

        WriteContent(said);
    }

    /// <summary>Only some vendors take thoughts back; OpenAI has no place for them.</summary>
    private void WriteReasoning(IReadOnlyList<ContentBlock> blocks)
    {
        var shown = string.Join("\n\n", blocks.OfType<ReasoningBlock>().Where(IsOwn).Select(block => block.Shown).Where(text => text.Length > 0));
        if (context.Rules.TakesReasoningContent && shown.Length > 0)
        {
            json.WriteString(ChatWords.ReasoningContent, shown);
        }
        else if (blocks.Any(block => block is ReasoningBlock))
        {
            context.Report.Drop(CanonicalField.ReasoningText, context.Client);
        }
    }

    private bool IsOwn(ReasoningBlock block) => block.Signature is null || block.Signature.Owner.Accepts(context.Target);

    private void WriteCalls(List<ToolCallBlock> calls)
    {
        if (calls.Count == 0)
        {
            return;
        }

        json.WriteStartArray("tool_calls");
        foreach (var call in calls)
        {
            json.WriteStartObject();
            json.WriteString("id", _ids.OfCall(call.CallId));
            ChatToolCalls.Write(json, WithOwnSignature(call));
            json.WriteExtensions(call.Extensions, context.Target);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>
    /// A thought signature that a client of Chat sends unmarked is of Google's own Chat endpoint; one that is marked, or that
    /// came in another dialect, goes to who made it alone.
    /// </summary>
    private ToolCallBlock WithOwnSignature(ToolCallBlock call)
    {
        if (call.Signature is not { } signature || signature.Owner.Accepts(context.Target)
            || (signature.Owner.Platform.Length == 0 && context.Client == ChatFields.Names))
        {
            return call;
        }

        if (context.Client == ChatFields.Names)
        {
            context.Report.Drop("extra_content");
        }

        return call with { Signature = null };
    }

    private void WriteResults(ChatMessage message)
    {
        foreach (var result in message.Content.OfType<ToolResultBlock>())
        {
            json.WriteStartObject();
            json.WriteString("role", "tool");
            json.WriteString("tool_call_id", _ids.OfResult(result.CallId));
            WriteResultContent(result);
            json.WriteExtensions(result.Extensions, context.Target);
            json.WriteExtensions(message.Extensions, context.Target);
            json.WriteEndObject();
            _resultMedia.AddRange(result.Content.Where(block => block is MediaBlock));
        }
    }

    /// <summary>Chat takes text alone in a tool's answer.</summary>
    private void WriteResultContent(ToolResultBlock result)
    {
        var texts = result.Content.Where(block => block is TextBlock or OpaqueBlock).ToList();
        if (texts.Count == 0)
        {
            json.WriteString("content", "");
        }
        else
        {
            WriteContent(texts);
        }
    }

    /// <summary>
    /// What else tools answered follows as the user's, since there is no other place for it, and after the last of the
    /// results, which must stand together.
    /// </summary>
    private void WriteResultMedia()
    {
        if (_resultMedia.Count == 0)
        {
            return;
        }

        context.Report.Adjust("media of tool results became a message of the user");
        json.WriteStartObject();
        json.WriteString("role", "user");
        json.WriteStartArray("content");
        foreach (var block in _resultMedia)
        {
            WritePart(block);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        _resultMedia.Clear();
    }
}
