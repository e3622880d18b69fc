using System.Text;
using System.Text.Json;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;

namespace Sluice.Fuzz.Legal;

/// <summary>The order that a dialect promises its clients, checked event by event.</summary>
internal abstract class LegalStream
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 1100 };

    /// <summary>True once the stream has ended, well or with an error.</summary>
    protected bool Ended { get; set; }

    /// <summary>Checks a whole stream as it was written.</summary>
    public static void Check(Dialect dialect, ResponseFraming framing, ReadOnlySpan<byte> stream)
    {
        if (framing == ResponseFraming.JsonArray)
        {
            CheckArray(stream);
            return;
        }

        LegalStream order = dialect switch
        {
            Dialect.OpenAIChat => new LegalChat(),
            Dialect.OpenAIResponses => new LegalResponses(),
            Dialect.AnthropicMessages => new LegalMessages(),
            _ => new LegalGemini(),
        };
        while (!stream.IsEmpty)
        {
            var end = stream.IndexOf(dialect == Dialect.GeminiGenerate ? "\r\n\r\n"u8 : "\n\n"u8);
            ViolationException.Unless(end >= 0, "the last event has no end");
            order.TakeEvent(stream[..end]);
            stream = stream[(end + (dialect == Dialect.GeminiGenerate ? 4 : 2))..];
        }

        order.End();
        ViolationException.Unless(order.Ended, "the stream has no end");
    }

    /// <summary>Takes an event that is JSON.</summary>
    /// <param name="name">Its <c>event</c> field; empty when there is none.</param>
    /// <param name="data">Its data.</param>
    protected abstract void Take(string name, JsonElement data);

    /// <summary>Takes the data of an event that is no JSON, such as <c>[DONE]</c>.</summary>
    protected virtual void TakeMark(ReadOnlySpan<byte> data) => throw new ViolationException("an event is no JSON");

    /// <summary>The stream has ended.</summary>
    protected virtual void End()
    {
    }

    /// <summary>A text, which in what only goes back to its owner need not be Unicode.</summary>
    protected static string Text(JsonElement value)
    {
        try
        {
            return value.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            return value.GetRawText();
        }
    }

    /// <summary>Finds a member; none where the names are not Unicode, which nobody but their owner can read.</summary>
    protected static bool Has(JsonElement value, string name, out JsonElement member)
    {
        try
        {
            return value.TryGetProperty(name, out member);
        }
        catch (InvalidOperationException)
        {
            member = default;
            return false;
        }
    }

    private static void CheckArray(ReadOnlySpan<byte> stream)
    {
        LegalJson.Check(stream, "the array");
        using var document = Parse(stream);
        var order = new LegalGemini();
        foreach (var chunk in document.RootElement.EnumerateArray())
        {
            order.TakeChunk(chunk);
        }
    }

    private static JsonDocument Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Deep.MaxDepth });
        return JsonDocument.ParseValue(ref reader);
    }

    private void TakeEvent(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text[0] == (byte)':')
        {
            return;
        }

        ViolationException.Unless(!Ended, "an event follows the end");
        var name = "";
        if (text.StartsWith("event: "u8))
        {
            var line = text.IndexOf((byte)'\n');
            name = Encoding.UTF8.GetString(text[7..line]);
            text = text[(line + 1)..];
        }

        ViolationException.Unless(text.StartsWith("data: "u8) && !text.ContainsAny((byte)'\r', (byte)'\n'), "an event is not one line of data");
        text = text[6..];
        if (text[0] != (byte)'{')
        {
            TakeMark(text);
            return;
        }

        LegalJson.Check(text, "an event");
        using var document = Parse(text);
        Take(name, document.RootElement);
    }
}
