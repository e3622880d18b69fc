using System.Text;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.OpenAIRealtime;

/// <summary>What a relay must know of one event of a realtime session (openai 6.49.0, <c>resources/realtime</c>). Slices point into the message.</summary>
public struct RealtimeEvent
{
    public RealtimeEventKind Kind { get; set; }

    /// <summary>The event's own id, as a JSON string.</summary>
    public JsonSlice EventId { get; set; }

    /// <summary><c>response_id</c> of a piece, or <c>response.id</c>; as a JSON string.</summary>
    public JsonSlice ResponseId { get; set; }

    /// <summary><c>response.status</c>, as a JSON string.</summary>
    public JsonSlice Status { get; set; }

    /// <summary><c>response.usage</c>, or <c>usage</c> of a transcript.</summary>
    public JsonSlice Usage { get; set; }

    /// <summary>The piece itself, with its quotes.</summary>
    public JsonSlice Delta { get; set; }

    /// <summary><c>session.model</c>, as a JSON string.</summary>
    public JsonSlice SessionModel { get; set; }

    /// <summary>The model that transcribes the caller's audio, as a JSON string.</summary>
    public JsonSlice TranscriptionModel { get; set; }

    /// <summary>A string of the message without its escapes; empty where it is absent.</summary>
    public static string TextOf(ReadOnlySpan<byte> message, JsonSlice slice)
    {
        if (slice.Length <= 2)
        {
            return "";
        }

        var contents = JsonText.Contents(slice.Of(message));
        var plain = new byte[contents.Length];
        return Encoding.UTF8.GetString(plain.AsSpan(0, JsonText.Unescape(contents, plain)));
    }
}
