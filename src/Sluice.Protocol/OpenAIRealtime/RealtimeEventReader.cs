using System.Text.Json;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.OpenAIRealtime;

/// <summary>
/// Reads one event of a realtime session, of either side. Strict: what is not one JSON object, or names a member that
/// matters twice, is refused, because two readers could believe two different things.
/// </summary>
public static class RealtimeEventReader
{
    /// <summary>Reads an event.</summary>
    /// <param name="json">The message.</param>
    /// <param name="maxDepth">The deepest nesting.</param>
    /// <param name="read">What was found.</param>
    /// <returns>Null, or why the message is refused.</returns>
    public static GatewayError? Read(ReadOnlySpan<byte> json, int maxDepth, out RealtimeEvent read)
    {
        read = default;
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = maxDepth });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return Refuse(PeekErrors.InvalidJson, "An event must be one JSON object.");
            }

            var twice = ReadMembers(ref reader, Level.Top, ref read);
            reader.Read();
            return twice is null ? null : Refuse(PeekErrors.DuplicateKey, $"The event names '{twice}' twice. Send it once.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second is what the reader throws for half a surrogate pair in an escape.
            return Refuse(PeekErrors.InvalidJson, $"The event is not one JSON object, or nests deeper than {maxDepth} objects and arrays.");
        }
    }

    private enum Level
    {
        Top,
        Session,
        Audio,
        Input,
        Transcription,
        Response,
    }

    private static GatewayError Refuse(string code, string message) => new(ErrorKind.InvalidRequest, code, message);

    /// <summary>Reads the members of the object that the reader has just entered, and its end; the name that stands twice, if any.</summary>
    private static string? ReadMembers(ref Utf8JsonReader reader, Level level, ref RealtimeEvent read)
    {
        var seen = 0u;
        string? twice = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = NameOf(ref reader);
            if (name != Name.None && (seen & (1u << (int)name)) != 0)
            {
                twice ??= reader.GetString();
            }

            seen |= name == Name.None ? 0 : 1u << (int)name;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            if (reader.TokenType == JsonTokenType.StartObject && LevelIn(level, name) is { } inner)
            {
                twice = ReadMembers(ref reader, inner, ref read) ?? twice;
                continue;
            }

            if (level == Level.Top && name == Name.Type && reader.TokenType == JsonTokenType.String)
            {
                read.Kind = KindOf(ref reader);
            }

            var isText = reader.TokenType == JsonTokenType.String;
            reader.Skip();
            Note(level, name, isText, new JsonSlice(start, (int)reader.BytesConsumed - start), ref read);
        }

        return twice;
    }

    private static void Note(Level level, Name name, bool isText, JsonSlice slice, ref RealtimeEvent read)
    {
        switch (level, name)
        {
            case (Level.Top or Level.Response, Name.Usage):
                read.Usage = slice;
                break;
            case (_, _) when !isText:
                break;
            case (Level.Top, Name.EventId):
                read.EventId = slice;
                break;
            case (Level.Top, Name.ResponseId) or (Level.Response, Name.Id):
                read.ResponseId = slice;
                break;
            case (Level.Top, Name.Delta):
                read.Delta = slice;
                break;
            case (Level.Response, Name.Status):
                read.Status = slice;
                break;
            case (Level.Session, Name.Model):
                read.SessionModel = slice;
                break;
            case (Level.Transcription, Name.Model):
                read.TranscriptionModel = slice;
                break;
            default:
                break;
        }
    }

    /// <summary>The objects that are looked into; the beta has the transcription beside the audio, not inside.</summary>
    private static Level? LevelIn(Level level, Name name) => (level, name) switch
    {
        (Level.Top, Name.Session) => Level.Session,
        (Level.Top, Name.Response) => Level.Response,
        (Level.Session, Name.Audio) => Level.Audio,
        (Level.Audio, Name.Input) => Level.Input,
        (Level.Input, Name.Transcription) or (Level.Session, Name.InputAudioTranscription) => Level.Transcription,
        _ => null,
    };

    private enum Name : byte
    {
        None,
        Type,
        EventId,
        Session,
        Response,
        ResponseId,
        Id,
        Status,
        Usage,
        Delta,
        Model,
        Audio,
        Input,
        Item,
        Transcription,
        InputAudioTranscription,
    }

    private static Name NameOf(ref Utf8JsonReader reader)
        => reader.ValueTextEquals("type"u8) ? Name.Type
        : reader.ValueTextEquals("event_id"u8) ? Name.EventId
        : reader.ValueTextEquals("session"u8) ? Name.Session
        : reader.ValueTextEquals("response"u8) ? Name.Response
        : reader.ValueTextEquals("response_id"u8) ? Name.ResponseId
        : reader.ValueTextEquals("id"u8) ? Name.Id
        : reader.ValueTextEquals("status"u8) ? Name.Status
        : reader.ValueTextEquals("usage"u8) ? Name.Usage
        : reader.ValueTextEquals("delta"u8) ? Name.Delta
        : reader.ValueTextEquals("model"u8) ? Name.Model
        : reader.ValueTextEquals("audio"u8) ? Name.Audio
        : reader.ValueTextEquals("input"u8) ? Name.Input
        : reader.ValueTextEquals("item"u8) ? Name.Item
        : reader.ValueTextEquals("transcription"u8) ? Name.Transcription
        : reader.ValueTextEquals("input_audio_transcription"u8) ? Name.InputAudioTranscription
        : Name.None;

    /// <summary>The beta's names of 2024 beside those of today.</summary>
    private static RealtimeEventKind KindOf(ref Utf8JsonReader reader)
        => Is(ref reader, "input_audio_buffer.append"u8) ? RealtimeEventKind.AudioAppend
        : Is(ref reader, "response.output_audio.delta"u8) || Is(ref reader, "response.audio.delta"u8) ? RealtimeEventKind.AudioDelta
        : Is(ref reader, "response.output_audio_transcript.delta"u8) || Is(ref reader, "response.audio_transcript.delta"u8)
            || Is(ref reader, "response.output_text.delta"u8) || Is(ref reader, "response.text.delta"u8)
            || Is(ref reader, "response.function_call_arguments.delta"u8) ? RealtimeEventKind.TextDelta
        : Is(ref reader, "response.create"u8) ? RealtimeEventKind.ResponseCreate
        : Is(ref reader, "response.created"u8) ? RealtimeEventKind.ResponseCreated
        : Is(ref reader, "response.done"u8) ? RealtimeEventKind.ResponseDone
        : Is(ref reader, "session.update"u8) || Is(ref reader, "transcription_session.update"u8) ? RealtimeEventKind.SessionUpdate
        : Is(ref reader, "session.created"u8) || Is(ref reader, "session.updated"u8)
            || Is(ref reader, "transcription_session.created"u8) || Is(ref reader, "transcription_session.updated"u8) ? RealtimeEventKind.SessionState
        : Is(ref reader, "conversation.item.input_audio_transcription.completed"u8) ? RealtimeEventKind.TranscriptionDone
        : Is(ref reader, "error"u8) ? RealtimeEventKind.Error
        : RealtimeEventKind.Other;

    private static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> type) => reader.ValueTextEquals(type);
}
