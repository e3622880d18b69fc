using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.AnthropicMessages;

/// <summary>Writes one <c>message</c>. It has room for one answer; a client of this dialect can not ask for more.</summary>
internal sealed class AnthropicResponseWriter(Utf8JsonWriter json, WriteContext context)
{
    public void Write(ChatResponse response)
    {
        var choice = response.Choices.Count > 0 ? response.Choices[0] : new ChatChoice(0, [], new Finish(FinishReason.Stop));
        json.WriteStartObject();
        json.WriteString("id", AnthropicIds.Of(response.Id, context));
        json.WriteString("type", "message");
        json.WriteString("role", "assistant");
        json.WriteString("model", context.Model ?? response.Model);
        WriteContent(choice);
        var finish = choice.Finish.NativeFor(Dialect.AnthropicMessages) is null
            ? choice.Finish.Agreeing(choice.Content.Any(block => block is ToolCallBlock))
            : choice.Finish;
        json.WriteString("stop_reason", AnthropicWords.FromFinish(finish));
        json.WriteStringOrNull("stop_sequence", finish.StopText);
        WriteExplanation(json, finish);
        AnthropicUsage.Write(json, response.Usage ?? default, response.Extensions);
        json.WriteExtensions([.. response.Extensions.Where(extension => extension.Name != "usage")], context.Target);
        json.WriteEndObject();
    }

    /// <summary>Writes why another vendor held the answer back; Anthropic's own words stand among the members that are kept.</summary>
    public static void WriteExplanation(Utf8JsonWriter json, Finish finish)
    {
        if (finish is not { Reason: FinishReason.ContentFilter, Explanation: { } explanation } || finish.NativeFor(Dialect.AnthropicMessages) is not null)
        {
            return;
        }

        json.WriteStartObject("stop_details");
        json.WriteString("type", "refusal");
        json.WriteNull("category");
        json.WriteString("explanation", explanation);
        json.WriteEndObject();
    }

    private void WriteContent(ChatChoice choice)
    {
        var blocks = new AnthropicAnswerBlocks(context);
        json.WriteStartArray("content");
        foreach (var block in WithGrounding(choice).Where(blocks.Shows))
        {
            blocks.Write(json, block, begins: false);
        }

        json.WriteEndArray();
    }

    /// <summary>Citations of the whole answer go to its last text.</summary>
    private static IReadOnlyList<ContentBlock> WithGrounding(ChatChoice choice)
    {
        if (choice.Grounding is not { Citations.Count: > 0 } grounding || choice.Content.LastOrDefault(block => block is TextBlock) is not TextBlock last)
        {
            return choice.Content;
        }

        return [.. choice.Content.Select(block => ReferenceEquals(block, last) ? last with { Citations = [.. last.Citations, .. grounding.Citations] } : block)];
    }
}
