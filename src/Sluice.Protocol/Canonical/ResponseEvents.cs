using System.Text;

namespace Sluice.Protocol.Canonical;

/// <summary>Tells a whole answer as a stream, for clients that asked for one where the upstream gave none.</summary>
public static class ResponseEvents
{
    /// <summary>The events of an answer, in the legal order.</summary>
    public static IEnumerable<StreamEvent> Of(ChatResponse response)
    {
        yield return new MessageStart
        {
            Id = response.Id,
            Model = response.Model,
            Created = response.Created,
            ServiceTier = response.ServiceTier,
            Extensions = [.. response.Extensions.Where(extension => extension.Name != "usage")],
        };
        foreach (var streamEvent in response.Choices.SelectMany(Of))
        {
            yield return streamEvent;
        }

        foreach (var choice in response.Choices)
        {
            yield return new ChoiceFinish(choice.Index, choice.Finish) { Extensions = choice.Extensions };
        }

        if (response.Usage is { } usage)
        {
            yield return new UsageUpdate(usage) { Extensions = [.. response.Extensions.Where(extension => extension.Name == "usage")] };
        }

        yield return new MessageStop();
    }

    private static IEnumerable<StreamEvent> Of(ChatChoice choice)
    {
        for (var block = 0; block < choice.Content.Count; block++)
        {
            foreach (var streamEvent in Of(choice.Index, block, choice.Content[block]))
            {
                yield return streamEvent;
            }

            yield return new BlockStop(choice.Index, block);
        }

        if (choice.Logprobs.Count > 0)
        {
            yield return new LogprobsFound(choice.Index, choice.Logprobs);
        }

        if (choice.Grounding is { } grounding)
        {
            yield return new GroundingFound(choice.Index, grounding);
        }
    }

    private static IEnumerable<StreamEvent> Of(int choice, int block, ContentBlock content) => content switch
    {
        TextBlock text =>
        [
            new BlockStart(choice, block, text with { Text = "", Citations = [] }),
            new TextDelta(choice, block, text.Text),
            .. text.Citations.Select(citation => new CitationDelta(choice, block, citation)),
        ],
        RefusalBlock refusal => [new BlockStart(choice, block, refusal with { Text = "" }), new TextDelta(choice, block, refusal.Text)],
        ReasoningBlock { Redacted: false } reasoning => OfReasoning(choice, block, reasoning),
        ToolCallBlock call =>
        [
            new BlockStart(choice, block, call with { Arguments = default }),
            new ArgumentsDelta(choice, block, Encoding.UTF8.GetString(call.Arguments.Span)),
        ],
        _ => [new BlockStart(choice, block, content)],
    };

    private static IEnumerable<StreamEvent> OfReasoning(int choice, int block, ReasoningBlock reasoning)
    {
        yield return new BlockStart(choice, block, reasoning with { Text = "", Summary = [], Signature = null });
        if (reasoning.Text.Length > 0)
        {
            yield return new TextDelta(choice, block, reasoning.Text);
        }

        for (var part = 0; part < reasoning.Summary.Count; part++)
        {
            yield return new SummaryDelta(choice, block, part, reasoning.Summary[part]);
        }

        if (reasoning.Signature is { } signature)
        {
            yield return new SignatureDelta(choice, block, signature);
        }
    }
}
