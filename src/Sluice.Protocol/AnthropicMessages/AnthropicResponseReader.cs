using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.AnthropicMessages;

/// <summary>Reads a <c>message</c>.</summary>
internal static class AnthropicResponseReader
{
    public static ChatResponse Read(ref JsonCursor cursor, Owner owner)
    {
        if (cursor.IsObject && cursor.PeekType() == "error")
        {
            throw new ReportedFailureException(ReadErrorType(cursor));
        }

        var response = new ChatResponse();
        var extensions = new List<Extension>();
        List<ContentBlock>? content = null;
        var finish = new Finish(FinishReason.Stop);
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (name)
            {
                case "type" or "role":
                    cursor.Skip();
                    break;
                case "id":
                    response = response with { Id = cursor.ReadStringOrNull() ?? "" };
                    break;
                case "model":
                    response = response with { Model = cursor.ReadStringOrNull() ?? "" };
                    break;
                case "content":
                    content = AnthropicBlockReader.ReadContent(ref cursor, owner);
                    break;
                case "usage" when cursor.IsObject:
                    response = response with { Usage = ReadUsage(ref cursor, extensions) ?? response.Usage };
                    break;
                case "usage":
                    cursor.Skip();
                    break;
                default:
                    if (!TryReadFinish(ref cursor, name, ref finish))
                    {
                        AnthropicWords.Keep(ref cursor, extensions, name);
                    }

                    break;
            }
        }

        return content is null
            ? throw new WireFormatException("it has no content", "content")
            : response with { Choices = [new ChatChoice(0, content, finish)], Extensions = extensions };
    }

    /// <summary>Reads a member that says how the answer ended; false when it says something else.</summary>
    public static bool TryReadFinish(ref JsonCursor cursor, string name, ref Finish finish)
    {
        switch (name)
        {
            case "stop_reason" when cursor.IsString:
                finish = AnthropicWords.ToFinish(cursor.ReadString()) with { StopText = finish.StopText, Explanation = finish.Explanation };
                return true;
            case "stop_sequence" when cursor.IsString:
                finish = finish with { StopText = cursor.ReadString() };
                return true;
            case "stop_details" when cursor.IsObject:
                var ahead = cursor;
                finish = finish with { Explanation = ahead.Find("explanation"u8) ? ahead.ReadStringOrNull() : null };
                return false;
            default:
                return false;
        }
    }

    /// <summary>The counts, and the whole object beside them, since Anthropic counts more than the buckets hold.</summary>
    public static TokenUsage? ReadUsage(ref JsonCursor cursor, List<Extension> extensions)
    {
        var raw = cursor.ReadRaw();
        extensions.Add(new Extension(AnthropicWords.Owner, "usage", raw));
        return UsageReader.TryRead(raw.Span, out var usage) ? usage : null;
    }

    /// <summary>The type inside the <c>error</c> object of a document; empty when there is none.</summary>
    public static string ReadErrorType(JsonCursor cursor) =>
        cursor.Find("error"u8) && cursor.IsObject ? cursor.PeekType() : "";
}
