using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.OpenAIChat;

/// <summary>Reads a <c>chat.completion</c>.</summary>
internal static class ChatResponseReader
{
    public static ChatResponse Read(ref JsonCursor cursor, Owner owner)
    {
        var response = new ChatResponse();
        var extensions = new List<Extension>();
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (name)
            {
                case "object":
                    cursor.Skip();
                    break;
                case "id":
                    response = response with { Id = cursor.ReadStringOrNull() ?? "" };
                    break;
                case "model":
                    response = response with { Model = cursor.ReadStringOrNull() ?? "" };
                    break;
                case "created":
                    response = response with { Created = cursor.ReadWholeOrNull() };
                    break;
                case "choices" when cursor.IsArray:
                    response = response with { Choices = ReadChoices(ref cursor, owner) };
                    break;
                case "usage" when cursor.IsObject:
                    response = response with { Usage = ReadUsage(ref cursor, extensions) ?? response.Usage };
                    break;
                case "service_tier" when cursor.IsString && ChatWords.ToTier(cursor.ReadString()) is { } tier:
                    response = response with { ServiceTier = tier };
                    break;
                case "error" when !cursor.IsNull:
                    throw new ReportedFailureException(ReadErrorType(ref cursor));
                case "choices" or "usage" or "error":
                    cursor.Skip();
                    break;
                default:
                    ChatMessageReader.Keep(ref cursor, extensions, name);
                    break;
            }
        }

        return response.Choices.Count == 0
            ? throw new WireFormatException("it has no choices", "choices")
            : response with { Extensions = extensions };
    }

    /// <summary>The counts, and the whole object beside them, since Chat counts more than the buckets hold.</summary>
    public static TokenUsage? ReadUsage(ref JsonCursor cursor, List<Extension> extensions)
    {
        var raw = cursor.ReadRaw();
        extensions.Add(new Extension(ChatWords.Owner, "usage", raw));
        return UsageReader.TryRead(raw.Span, out var usage) ? usage : null;
    }

    /// <summary>The code of an error object, a number with some vendors; else its type.</summary>
    public static string ReadErrorType(ref JsonCursor cursor)
    {
        var found = "";
        if (!cursor.IsObject)
        {
            return found;
        }

        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            if (name == "code" && !cursor.IsNull)
            {
                found = cursor.ReadRaw().ToString().Trim('"');
            }
            else if (name == "type" && cursor.IsString && found.Length == 0)
            {
                found = cursor.ReadString();
            }
            else
            {
                cursor.Skip();
            }
        }

        return found;
    }

    private static List<ChatChoice> ReadChoices(ref JsonCursor cursor, Owner owner)
    {
        var choices = new List<ChatChoice>();
        cursor.BeginArray();
        while (cursor.NextItem())
        {
            choices.Add(ReadChoice(ref cursor, owner, choices.Count));
        }

        return choices;
    }

    private static ChatChoice ReadChoice(ref JsonCursor cursor, Owner owner, int place)
    {
        var choice = new ChatChoice(place, [], new Finish(FinishReason.Stop));
        var extensions = new List<Extension>();
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (name)
            {
                case "index":
                    choice = choice with { Index = cursor.ReadCountOrNull() ?? place };
                    break;
                case "message":
                    choice = ReadMessage(ref cursor, choice, owner);
                    break;
                case "finish_reason" when cursor.IsString:
                    choice = choice with { Finish = ChatWords.ToFinish(cursor.ReadString()) };
                    break;
                case "logprobs" when cursor.IsObject:
                    choice = choice with { Logprobs = ChatLogprobs.Read(ref cursor) };
                    break;
                case "finish_reason" or "logprobs":
                    cursor.Skip();
                    break;
                default:
                    ChatMessageReader.Keep(ref cursor, extensions, name);
                    break;
            }
        }

        return choice with { Extensions = extensions };
    }

    private static ChatChoice ReadMessage(ref JsonCursor cursor, ChatChoice choice, Owner owner)
    {
        var message = new ChatAssistant();
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            if (name == "role")
            {
                cursor.Skip();
            }
            else
            {
                message.ReadMember(ref cursor, name, owner);
            }
        }

        return choice with { Content = message.ToBlocks(), MessageExtensions = message.Extensions };
    }
}
