using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.OpenAIResponses;

/// <summary>
/// The parts of requests and answers of the Responses API that whoever keeps them must take apart and put together again: the
/// items stay the bytes that they were.
/// </summary>
public static class ResponsesConversation
{
    /// <summary>The items of an <c>input</c>, each as it stands; a text becomes the message that it is short for.</summary>
    /// <param name="input">The member's value; empty, or <c>null</c>, has no items.</param>
    public static List<ReadOnlyMemory<byte>> ItemsOf(ReadOnlyMemory<byte> input)
    {
        var items = new List<ReadOnlyMemory<byte>>();
        var span = input.Span;
        if (span.IsEmpty || span[0] == (byte)'n')
        {
            return items;
        }

        if (span[0] == (byte)'"')
        {
            items.Add(MessageOf(span));
            return items;
        }

        var elements = new JsonElements(span, stackalloc ulong[JsonMembers.StackWords]);
        while (elements.Next())
        {
            items.Add(input.Slice(elements.Slice.Offset, elements.Slice.Length));
        }

        return items;
    }

    /// <summary>Writes items as one array.</summary>
    public static byte[] ArrayOf(IEnumerable<ReadOnlyMemory<byte>> items)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        WriteArray(output, items);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>A request with other items in the place of its own, and without the answer that it goes on from.</summary>
    /// <param name="body">The request.</param>
    /// <param name="items">All that was said so far, and what the request says itself.</param>
    public static byte[] WithInput(ReadOnlySpan<byte> body, IEnumerable<ReadOnlyMemory<byte>> items)
    {
        var output = new ArrayBufferWriter<byte>(body.Length + 1024);
        output.Write("{\"input\":"u8);
        WriteArray(output, items);
        var members = new JsonMembers(body, stackalloc ulong[JsonMembers.StackWords]);
        while (members.Next())
        {
            if (!JsonText.Equals(members.Name, "input"u8) && !JsonText.Equals(members.Name, "previous_response_id"u8))
            {
                output.Write(",\""u8);
                output.Write(members.Name);
                output.Write("\":"u8);
                output.Write(members.Value);
            }
        }

        output.Write("}"u8);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The value of a top-level member as it stands; empty when there is none.</summary>
    public static ReadOnlyMemory<byte> MemberOf(ReadOnlyMemory<byte> document, ReadOnlySpan<byte> name)
    {
        var members = new JsonMembers(document.Span, stackalloc ulong[JsonMembers.StackWords]);
        while (members.Next())
        {
            if (JsonText.Equals(members.Name, name))
            {
                return document.Slice(members.Slice.Offset, members.Slice.Length);
            }
        }

        return default;
    }

    /// <summary>A top-level member that is a string; null when there is none. Works on the beginning of a document too.</summary>
    public static string? TextOf(ReadOnlySpan<byte> document, ReadOnlySpan<byte> name)
    {
        var members = new JsonMembers(document, stackalloc ulong[JsonMembers.StackWords]);
        while (members.Next())
        {
            if (JsonText.Equals(members.Name, name))
            {
                return Unquoted(members.Value);
            }
        }

        return null;
    }

    /// <summary>The text of a JSON string with its quotes; null for any other value.</summary>
    public static string? Unquoted(ReadOnlySpan<byte> value)
    {
        if (value.Length < 2 || value[0] != (byte)'"')
        {
            return null;
        }

        var contents = JsonText.Contents(value);
        var text = new byte[contents.Length];
        return Encoding.UTF8.GetString(text.AsSpan(0, JsonText.Unescape(contents, text)));
    }

    /// <summary>The response that the last of some whole events repeats; empty when it repeats none.</summary>
    /// <param name="events">Events as a stream writer has just written them.</param>
    public static byte[] ResponseOfLast(ReadOnlySpan<byte> events)
    {
        var at = events.LastIndexOf("\ndata: "u8);
        var data = at >= 0 ? events[(at + "\ndata: "u8.Length)..] : default;
        return MemberOf(data.ToArray(), "response"u8).ToArray();
    }

    /// <summary>
    /// Writes an item as OpenAI lists it: with an id, and a message with its type, its status and a list of parts, however short
    /// the client has written it.
    /// </summary>
    public static void WriteListed(IBufferWriter<byte> output, ReadOnlyMemory<byte> item, string id)
    {
        var span = item.Span;
        if (span[0] != (byte)'{')
        {
            output.Write(span);
            return;
        }

        var isMessage = TextOf(span, "type"u8) is null or "message";
        output.Write("{\"id\":\""u8);
        output.Write(JsonEncodedText.Encode(id).EncodedUtf8Bytes);
        output.Write("\""u8);
        if (isMessage)
        {
            output.Write(",\"type\":\"message\""u8);
            output.Write(MemberOf(item, "status"u8).IsEmpty ? ",\"status\":\"completed\""u8 : default);
        }

        var members = new JsonMembers(span, stackalloc ulong[JsonMembers.StackWords]);
        while (members.Next())
        {
            if (JsonText.Equals(members.Name, "id"u8) || (isMessage && JsonText.Equals(members.Name, "type"u8)))
            {
                continue;
            }

            output.Write(",\""u8);
            output.Write(members.Name);
            output.Write("\":"u8);
            if (isMessage && members.Value[0] == (byte)'"' && JsonText.Equals(members.Name, "content"u8))
            {
                var isAnswer = TextOf(span, "role"u8) == "assistant";
                output.Write(isAnswer ? "[{\"type\":\"output_text\",\"annotations\":[],\"text\":"u8 : "[{\"type\":\"input_text\",\"text\":"u8);
                output.Write(members.Value);
                output.Write("}]"u8);
            }
            else
            {
                output.Write(members.Value);
            }
        }

        output.Write("}"u8);
    }

    /// <summary>A response that waits for its turn.</summary>
    /// <param name="context">With the request that it repeats and the id that it has.</param>
    public static byte[] Queued(WriteContext context)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(output, WireWriting.Options))
        {
            new ResponsesEnvelope(context, new MessageStart { Model = context.Request?.Model ?? "" }).WriteQueued(json);
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>The same response with another status.</summary>
    /// <param name="response">The response.</param>
    /// <param name="status">Such as <c>cancelled</c>.</param>
    /// <param name="code">Why it failed, in OpenAI's words; null when it did not.</param>
    /// <param name="message">The same for people.</param>
    public static byte[] WithStatus(ReadOnlySpan<byte> response, string status, string? code = null, string? message = null)
    {
        var output = new ArrayBufferWriter<byte>(response.Length + 256);
        using var json = new Utf8JsonWriter(output, WireWriting.Options);
        json.WriteStartObject();
        var members = new JsonMembers(response, stackalloc ulong[JsonMembers.StackWords]);
        while (members.Next())
        {
            json.WritePropertyName(members.Name);
            if (members.Name.SequenceEqual("status"u8))
            {
                json.WriteStringValue(status);
            }
            else if (code is not null && members.Name.SequenceEqual("error"u8))
            {
                json.WriteStartObject();
                json.WriteString("code", code);
                json.WriteString("message", message);
                json.WriteEndObject();
            }
            else
            {
                json.WriteRawValue(members.Value, skipInputValidation: true);
            }
        }

        json.WriteEndObject();
        json.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Writes a response that is whole as the events by which it would have been streamed.</summary>
    /// <param name="output">Where the events go.</param>
    /// <param name="response">The response.</param>
    public static void WriteEvents(IBufferWriter<byte> output, ReadOnlyMemory<byte> response)
    {
        var codec = OpenAIResponsesCodec.Instance;
        if (!codec.Reader.TryReadResponse(response, ResponsesWords.Owner, out var read, out _))
        {
            // One that failed has no answer to tell; the end says why.
            WriteEnd(output, response, 0);
            return;
        }

        using var writer = codec.CreateStreamWriter(new WriteContext(ResponsesWords.Owner, codec.Fields));
        foreach (var next in ResponseEvents.Of(read))
        {
            writer.Write(output, next);
        }
    }

    /// <summary>Writes the last event of a streamed response: the one that repeats it.</summary>
    /// <param name="output">Where the event goes.</param>
    /// <param name="response">The response.</param>
    /// <param name="number">The event's place in the stream.</param>
    public static void WriteEnd(IBufferWriter<byte> output, ReadOnlyMemory<byte> response, long number)
    {
        var status = TextOf(response.Span, "status"u8) switch
        {
            "completed" => "completed",
            "incomplete" => "incomplete",
            _ => "failed",
        };
        output.Write(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"event: response.{status}\ndata: {{\"type\":\"response.{status}\",\"sequence_number\":{number},\"response\":")));
        output.Write(response.Span);
        output.Write("}\n\n"u8);
    }

    private static void WriteArray(ArrayBufferWriter<byte> output, IEnumerable<ReadOnlyMemory<byte>> items)
    {
        var separator = "["u8;
        var any = false;
        foreach (var item in items)
        {
            output.Write(any ? ","u8 : separator);
            output.Write(item.Span);
            any = true;
        }

        output.Write(any ? "]"u8 : "[]"u8);
    }

    private static byte[] MessageOf(ReadOnlySpan<byte> text)
        => [.. """{"type":"message","role":"user","content":[{"type":"input_text","text":"""u8, .. text, .. "}]}"u8];
}
