using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.OpenAIResponses;

/// <summary>Writes one whole <c>response</c>. It has room for one answer; a client of this dialect can not ask for more.</summary>
internal static class ResponsesResponseWriter
{
    public static void Write(Utf8JsonWriter json, ChatResponse response, WriteContext context)
    {
        var choice = response.Choices.Count > 0 ? response.Choices[0] : new ChatChoice(0, [], new Finish(FinishReason.Stop));
        var start = new MessageStart
        {
            Id = response.Id,
            Model = response.Model,
            Created = response.Created,
            ServiceTier = response.ServiceTier,
            Extensions = response.Extensions,
        };
        new ResponsesEnvelope(context, start).WriteEnd(
            json, choice.Finish, response.Usage, response.Extensions, output => WriteItems(output, choice, new ResponsesAnswerItems(context), context));
    }

    private static void WriteItems(Utf8JsonWriter json, ChatChoice choice, ResponsesAnswerItems items, WriteContext context)
    {
        var shown = WithGrounding(choice).Where(items.Shows).Select(items.WithCallId).ToList();
        if (choice.Finish is { Reason: FinishReason.ContentFilter, Explanation: { } explanation } && !shown.Any(block => block is RefusalBlock))
        {
            shown.Add(new RefusalBlock(explanation));
        }

        var logprobs = choice.Logprobs;
        var place = 0;
        foreach (var item in ResponsesItems.Of(shown))
        {
            items.Write(json, item, ResponsesItems.IdOf(item) is { Length: > 0 } id ? id : ResponsesIds.OfItem(item[0], place, context), logprobs);
            logprobs = item.Any(block => block is TextBlock) ? [] : logprobs;
            place++;
        }
    }

    /// <summary>Gives the citations of the whole answer to the texts that they belong to.</summary>
    private static IEnumerable<ContentBlock> WithGrounding(ChatChoice choice)
    {
        var last = choice.Content.LastOrDefault(block => block is TextBlock);
        var offset = 0;
        foreach (var block in choice.Content)
        {
            if (choice.Grounding is null || block is not TextBlock text)
            {
                yield return block;
                continue;
            }

            var length = ResponsesCitations.LengthOf(text.Text);
            yield return text with { Citations = [.. text.Citations, .. ResponsesCitations.Of(choice.Grounding, offset, length, ReferenceEquals(block, last))] };
            offset += length;
        }
    }
}
