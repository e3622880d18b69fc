using System.Text;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.OpenAIChat;

/// <summary>Reads the deltas of one choice of a stream.</summary>
internal sealed class ChatChoiceReader(int index, Owner owner)
{
    private const int Text = 0;
    private const int Refusal = 1;
    private const int Reasoning = 2;
    private const int FirstOther = 3;
    private const int Nothing = -1;

    private readonly Dictionary<int, Call> _calls = [];
    private int _current = Nothing;
    private int _lastCall;
    private int _nextOther = FirstOther;

    public void Read(ref JsonCursor cursor, ICollection<StreamEvent> events)
    {
        ChoiceFinish? finish = null;
        LogprobsFound? logprobs = null;
        var extensions = new List<Extension>();
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (name)
            {
                case "delta" when cursor.IsObject:
                    ReadDelta(ref cursor, events);
                    break;
                case "finish_reason" when cursor.IsString:
                    finish = new ChoiceFinish(index, ChatWords.ToFinish(cursor.ReadString()));
                    break;
                case "logprobs" when cursor.IsObject:
                    logprobs = new LogprobsFound(index, ChatLogprobs.Read(ref cursor));
                    break;
                case "index" or "delta" or "finish_reason" or "logprobs":
                    cursor.Skip();
                    break;
                default:
                    ChatMessageReader.Keep(ref cursor, extensions, name);
                    break;
            }
        }

        if (logprobs is { Tokens.Count: > 0 })
        {
            events.Add(logprobs);
        }

        if (finish is not null)
        {
            foreach (var call in _calls.Values)
            {
                call.End(index, events);
            }

            events.Add(finish with { Extensions = extensions });
        }
    }

    private void ReadDelta(ref JsonCursor cursor, ICollection<StreamEvent> events)
    {
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (name)
            {
                case "content" when cursor.IsString:
                    AddText(Text, new TextBlock(""), cursor.ReadString(), events);
                    break;
                case "refusal" when cursor.IsString:
                    AddText(Refusal, new RefusalBlock(""), cursor.ReadString(), events);
                    break;
                case ChatWords.ReasoningContent or "reasoning" when cursor.IsString:
                    AddText(Reasoning, new ReasoningBlock(""), cursor.ReadString(), events);
                    break;
                case "tool_calls" when cursor.IsArray:
                    ReadCalls(ref cursor, events);
                    break;
                case "annotations" when cursor.IsArray:
                    ReadAnnotations(ref cursor, events);
                    break;
                case "audio" when cursor.IsObject:
                    AddWhole(new OpaqueBlock(ChatWords.Owner, "audio", cursor.ReadRaw()), events);
                    break;
                default:
                    cursor.Skip();
                    break;
            }
        }
    }

    private void AddText(int block, ContentBlock empty, string text, ICollection<StreamEvent> events)
    {
        if (text.Length == 0)
        {
            return;
        }

        if (_current != block)
        {
            events.Add(new BlockStart(index, block, empty));
            _current = block;
        }

        events.Add(new TextDelta(index, block, text));
    }

    private void AddWhole(ContentBlock block, ICollection<StreamEvent> events)
    {
        _current = _nextOther++;
        events.Add(new BlockStart(index, _current, block));
        events.Add(new BlockStop(index, _current));
    }

    private void ReadAnnotations(ref JsonCursor cursor, ICollection<StreamEvent> events)
    {
        foreach (var citation in ChatAssistant.ReadAnnotations(ref cursor, owner))
        {
            events.Add(new CitationDelta(index, Text, citation));
        }
    }

    private void ReadCalls(ref JsonCursor cursor, ICollection<StreamEvent> events)
    {
        cursor.BeginArray();
        while (cursor.NextItem())
        {
            var fragment = ChatCallFragment.Read(ref cursor, owner);
            var call = CallOf(fragment);
            call.Add(fragment, index, events);
            _current = call.Block;
        }
    }

    /// <summary>
    /// The call that a fragment belongs to. Some vendors number every call 0 or none at all; a new id then begins a new call.
    /// </summary>
    private Call CallOf(ChatCallFragment fragment)
    {
        var place = fragment.Index ?? (fragment.Id is null && _calls.Count > 0 ? _lastCall : _calls.Count);
        if (!_calls.TryGetValue(place, out var call) || call.IsOther(fragment.Id))
        {
            _calls[place] = call = new Call(_nextOther++);
            _lastCall = place;
        }

        return call;
    }

    /// <summary>One call, told once its tool is known.</summary>
    private sealed class Call(int block)
    {
        private string? _id;
        private StringBuilder? _held;
        private bool _begun;

        public int Block => block;

        /// <summary>The arguments of a call that never named its tool belong nowhere, which is for the sequencer to say.</summary>
        public void End(int choice, ICollection<StreamEvent> events)
        {
            if (_held is { Length: > 0 } lost)
            {
                _held = null;
                events.Add(new ArgumentsDelta(choice, block, lost.ToString()));
            }
        }

        public bool IsOther(string? id) => !string.IsNullOrEmpty(id) && _id is not null && id != _id;

        public void Add(ChatCallFragment fragment, int choice, ICollection<StreamEvent> events)
        {
            _id ??= string.IsNullOrEmpty(fragment.Id) ? null : fragment.Id;
            if (!_begun && !string.IsNullOrEmpty(fragment.Name))
            {
                _begun = true;
                events.Add(new BlockStart(choice, block, new ToolCallBlock(_id ?? "", fragment.Name, default) { Kind = fragment.Kind, Signature = fragment.Signature }));
            }

            if (!_begun || _held is not null)
            {
                _held = (_held ?? new StringBuilder()).Append(fragment.Arguments);
            }

            var told = _held?.ToString() ?? fragment.Arguments;
            if (_begun && told.Length > 0)
            {
                events.Add(new ArgumentsDelta(choice, block, told));
                _held = null;
            }
        }
    }
}
