using System.Text;

namespace Sluice.Protocol.Canonical;

/// <summary>
/// Puts a streamed answer together, from events in the legal order: for what is kept of it (signatures, stored answers), and
/// for clients that did not ask for a stream.
/// </summary>
public sealed class ResponseAssembler
{
    private readonly SortedList<int, Choice> _choices = [];
    private ChatResponse _response = new();
    private IReadOnlyList<Extension> _ofUsage = [];

    /// <summary>Why the answer is not complete; null when it is, or is still coming.</summary>
    public GatewayError? Failure { get; private set; }

    /// <summary>The answer by now.</summary>
    public ChatResponse ToResponse() =>
        _response with
        {
            Choices = [.. _choices.Select(choice => choice.Value.ToChoice(choice.Key))],
            Extensions = _ofUsage.Count == 0 ? _response.Extensions : [.. _response.Extensions.ExceptBy(_ofUsage.Select(later => later.Name), before => before.Name), .. _ofUsage],
        };

    /// <summary>Takes the next event.</summary>
    public void Add(StreamEvent next)
    {
        switch (next)
        {
            case MessageStart start:
                _response = new ChatResponse
                {
                    Id = start.Id,
                    Model = start.Model,
                    Created = start.Created,
                    Usage = start.Usage,
                    ServiceTier = start.ServiceTier,
                    Extensions = start.Extensions,
                };
                break;
            case BlockEvent block:
                ChoiceOf(block.Choice).Add(block);
                break;
            case LogprobsFound found:
                ChoiceOf(found.Choice).Logprobs.AddRange(found.Tokens);
                break;
            case GroundingFound found:
                ChoiceOf(found.Choice).Grounding = found.Grounding;
                break;
            case ChoiceFinish finish:
                ChoiceOf(finish.Choice).Finish = finish;
                break;
            case UsageUpdate usage:
                _response = _response with { Usage = usage.Usage };
                _ofUsage = usage.Extensions.Count > 0 ? usage.Extensions : _ofUsage;
                break;
            case StreamFailure failure:
                Failure = failure.Error;
                break;
            default:
                break;
        }
    }

    private Choice ChoiceOf(int index)
    {
        if (!_choices.TryGetValue(index, out var choice))
        {
            _choices[index] = choice = new Choice();
        }

        return choice;
    }

    private sealed class Choice
    {
        private readonly List<ContentBlock> _blocks = [];
        private readonly List<StringBuilder> _summary = [];
        private readonly List<Citation> _citations = [];
        private readonly StringBuilder _text = new();
        private ContentBlock? _open;

        public List<TokenLogprob> Logprobs { get; } = [];

        public Grounding? Grounding { get; set; }

        public ChoiceFinish? Finish { get; set; }

        public ChatChoice ToChoice(int index) =>
            new(index, _open is null ? [.. _blocks] : [.. _blocks, Closed(_open)], Finish?.Finish ?? new Finish(FinishReason.Stop))
            {
                Logprobs = Logprobs,
                Grounding = Grounding,
                Extensions = Finish?.Extensions ?? [],
            };

        public void Add(BlockEvent next)
        {
            switch (next)
            {
                case BlockStart start:
                    _open = start.Content;
                    break;
                case TextDelta text:
                    _text.Append(text.Text);
                    break;
                case ArgumentsDelta arguments:
                    _text.Append(arguments.Fragment);
                    break;
                case SummaryDelta summary:
                    AddSummary(summary);
                    break;
                case CitationDelta citation:
                    _citations.Add(citation.Citation);
                    break;
                case SignatureDelta signature:
                    _open = _open! with { Signature = signature.Signature };
                    break;
                case BlockStop:
                    Close();
                    break;
                default:
                    break;
            }
        }

        private void AddSummary(SummaryDelta summary)
        {
            while (_summary.Count <= summary.Part)
            {
                _summary.Add(new StringBuilder());
            }

            _summary[summary.Part].Append(summary.Text);
        }

        private void Close()
        {
            _blocks.Add(Closed(_open!));
            _open = null;
            _text.Clear();
            _summary.Clear();
            _citations.Clear();
        }

        private ContentBlock Closed(ContentBlock block) => block switch
        {
            TextBlock text => text with { Text = _text.ToString(), Citations = [.. _citations] },
            RefusalBlock refusal => refusal with { Text = _text.ToString() },
            ReasoningBlock reasoning => reasoning with { Text = _text.ToString(), Summary = [.. _summary.Select(part => part.ToString())] },
            ToolCallBlock call => call with { Arguments = RawJson.Of(_text.ToString()) },
            _ => block,
        };
    }
}
