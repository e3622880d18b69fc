using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.OpenAIChat;

/// <summary>Writes one <c>chat.completion</c>.</summary>
internal sealed class ChatResponseWriter(Utf8JsonWriter json, WriteContext context)
{
    public void Write(ChatResponse response)
    {
        json.WriteStartObject();
        json.WriteString("id", ChatIds.Of(response.Id, context));
        json.WriteString("object", "chat.completion");
        json.WriteNumber("created", response.Created ?? context.Created);
        json.WriteString("model", context.Model ?? response.Model);
        json.WriteStartArray("choices");
        foreach (var choice in response.Choices)
        {
            WriteChoice(choice);
        }

        json.WriteEndArray();
        ChatUsage.Write(json, response.Usage, response.Extensions);
        json.WriteIf("service_tier", response.ServiceTier is { } tier ? ChatWords.FromTier(tier) : null);
        json.WriteExtensions([.. response.Extensions.Where(extension => extension.Name != "usage")], context.Target);
        json.WriteEndObject();
    }

    private void WriteChoice(ChatChoice choice)
    {
        json.WriteStartObject();
        json.WriteNumber("index", choice.Index);
        json.WriteStartObject("message");
        json.WriteString("role", "assistant");
        WriteText(choice);
        WriteReasoning(choice.Content);
        WriteAnnotations(choice);
        WriteMedia(choice.Content);
        WriteCalls(choice.Content.OfType<ToolCallBlock>().ToList());
        json.WriteExtensions(choice.MessageExtensions, context.Target);
        json.WriteEndObject();
        ChatLogprobs.Write(json, choice.Logprobs);
        json.WriteString("finish_reason", ChatWords.FromFinish(choice.Finish.Agreeing(choice.Content.Any(block => block is ToolCallBlock))));
        json.WriteExtensions(choice.Extensions, context.Target);
        json.WriteEndObject();
        ReportLost(choice.Content);
    }

    private void WriteText(ChatChoice choice)
    {
        var texts = choice.Content.OfType<TextBlock>().ToList();
        json.WriteStringOrNull("content", texts.Count == 0 ? null : string.Concat(texts.Select(text => text.Text)));
        var refusals = choice.Content.OfType<RefusalBlock>().ToList();
        json.WriteStringOrNull("refusal", refusals.Count == 0 ? choice.Finish.Explanation : string.Concat(refusals.Select(refusal => refusal.Text)));
    }

    private void WriteReasoning(IReadOnlyList<ContentBlock> blocks)
    {
        var shown = string.Join("\n\n", blocks.OfType<ReasoningBlock>().Select(block => block.Shown).Where(text => text.Length > 0));
        json.WriteIf(ChatWords.ReasoningContent, shown.Length > 0 ? shown : null);
    }

    private void WriteAnnotations(ChatChoice choice)
    {
        if (choice.Grounding is null && !choice.Content.Any(block => block is TextBlock { Citations.Count: > 0 }))
        {
            return;
        }

        json.WriteStartArray("annotations");
        var offset = 0;
        foreach (var text in choice.Content.OfType<TextBlock>())
        {
            var end = offset + ChatAnnotations.LengthOf(text.Text);
            foreach (var citation in text.Citations)
            {
                ChatAnnotations.Write(json, citation, offset, end);
            }

            offset = end;
        }

        foreach (var citation in choice.Grounding?.Citations ?? [])
        {
            ChatAnnotations.Write(json, citation, 0, offset);
        }

        json.WriteEndArray();
    }

    /// <summary>Sound has a place of its own; pictures go where OpenRouter and most gateways put them.</summary>
    private void WriteMedia(IReadOnlyList<ContentBlock> blocks)
    {
        if (blocks.OfType<MediaBlock>().FirstOrDefault(media => media.Kind == MediaKind.Audio) is { Source: InlineMedia sound } audio)
        {
            json.WriteStartObject("audio");
            json.WriteString("id", audio.Id ?? $"audio_{context.ResponseId}");
            json.WriteString("data", sound.Base64.Span);
            json.WriteString("transcript", audio.Transcript ?? "");
            json.WriteExtensions(audio.Extensions, context.Target);
            json.WriteEndObject();
        }

        var images = blocks.OfType<MediaBlock>().Where(media => media is { Kind: MediaKind.Image, Source: InlineMedia or UrlMedia }).ToList();
        if (images.Count == 0)
        {
            return;
        }

        json.WriteStartArray("images");
        foreach (var image in images)
        {
            ChatImages.Write(json, image);
        }

        json.WriteEndArray();
    }

    private void WriteCalls(List<ToolCallBlock> calls)
    {
        if (calls.Count == 0)
        {
            return;
        }

        var ids = new ToolCallIds(ToolCallIds.LongestInChat);
        json.WriteStartArray("tool_calls");
        foreach (var call in calls)
        {
            json.WriteStartObject();
            json.WriteString("id", ids.OfCall(call.CallId));
            ChatToolCalls.Write(json, call);
            json.WriteExtensions(call.Extensions, context.Target);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void ReportLost(IReadOnlyList<ContentBlock> blocks)
    {
        foreach (var block in blocks)
        {
            if (block is ServerToolCallBlock call)
            {
                context.Report.Drop(ChatLoss.NameOf(call.Tool));
            }
            else if (block is OpaqueBlock opaque)
            {
                context.Report.Drop(opaque.Type);
            }
        }
    }
}
