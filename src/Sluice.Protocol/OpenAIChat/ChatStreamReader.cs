using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.OpenAIChat;

/// <summary>Reads <c>chat.completion.chunk</c>s. Chat never says that a part has ended: a part of another kind begins instead.</summary>
internal sealed class ChatStreamReader(Owner owner) : SseStreamReader
{
    private readonly Dictionary<int, ChatChoiceReader> _choices = [];
    private bool _started;

    protected override void OnEvent(ReadOnlySpan<byte> name, ReadOnlyMemory<byte> data, ICollection<StreamEvent> events)
    {
        if (data.Span.StartsWith("[DONE]"u8))
        {
            Ended = true;
            events.Add(new MessageStop());
            return;
        }

        ReadChunk(data, events);
    }

    private void ReadChunk(ReadOnlyMemory<byte> data, ICollection<StreamEvent> events)
    {
        // A chunk's members stand in any order, and the start must be told before what is inside.
        if (!_started)
        {
            events.Add(ReadStart(data));
            _started = true;
        }

        var cursor = new JsonCursor(data, copies: true);
        cursor.BeginObject();
        while (!Ended && cursor.NextMember(out var name))
        {
            switch (name)
            {
                case "choices" when cursor.IsArray:
                    ReadChoices(ref cursor, events);
                    break;
                case "usage" when cursor.IsObject:
                    ReadUsage(ref cursor, events);
                    break;
                case "error" when !cursor.IsNull:
                    Fail(UpstreamErrors.Reported(ChatResponseReader.ReadErrorType(ref cursor)), events);
                    break;
                default:
                    cursor.Skip();
                    break;
            }
        }
    }

    private static MessageStart ReadStart(ReadOnlyMemory<byte> data)
    {
        var start = new MessageStart();
        var extensions = new List<Extension>();
        var cursor = new JsonCursor(data, copies: true);
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (name)
            {
                case "id":
                    start = start with { Id = cursor.ReadStringOrNull() ?? "" };
                    break;
                case "model":
                    start = start with { Model = cursor.ReadStringOrNull() ?? "" };
                    break;
                case "created":
                    start = start with { Created = cursor.ReadWholeOrNull() };
                    break;
                case "service_tier" when cursor.IsString && ChatWords.ToTier(cursor.ReadString()) is { } tier:
                    start = start with { ServiceTier = tier };
                    break;
                case "object" or "choices" or "usage" or "error" or "obfuscation":
                    cursor.Skip();
                    break;
                default:
                    ChatMessageReader.Keep(ref cursor, extensions, name);
                    break;
            }
        }

        return start with { Extensions = extensions };
    }

    private static void ReadUsage(ref JsonCursor cursor, ICollection<StreamEvent> events)
    {
        var extensions = new List<Extension>();
        if (ChatResponseReader.ReadUsage(ref cursor, extensions) is { } usage)
        {
            events.Add(new UsageUpdate(usage) { Extensions = extensions });
        }
    }

    private void ReadChoices(ref JsonCursor cursor, ICollection<StreamEvent> events)
    {
        cursor.BeginArray();
        while (cursor.NextItem())
        {
            var index = IndexOf(cursor);
            if (!_choices.TryGetValue(index, out var choice))
            {
                _choices[index] = choice = new ChatChoiceReader(index, owner);
            }

            choice.Read(ref cursor, events);
        }
    }

    private static int IndexOf(JsonCursor cursor) => cursor.Find("index"u8) ? cursor.ReadCountOrNull() ?? 0 : 0;
}
