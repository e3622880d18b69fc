namespace Sluice.Protocol.OpenAIRealtime;

/// <summary>The events of a realtime session that mean something to a relay; all others pass as they are.</summary>
public enum RealtimeEventKind : byte
{
    Other,

    /// <summary>From the client: <c>session.update</c>, or <c>transcription_session.update</c>.</summary>
    SessionUpdate,

    /// <summary>From the client: <c>response.create</c>.</summary>
    ResponseCreate,

    /// <summary>From the client: <c>input_audio_buffer.append</c>.</summary>
    AudioAppend,

    /// <summary>From the vendor: <c>session.created</c> and <c>session.updated</c>, and the same of a transcription session.</summary>
    SessionState,

    /// <summary>From the vendor: <c>response.created</c>. Costs begin here.</summary>
    ResponseCreated,

    /// <summary>From the vendor: a piece of a response's text, transcript or tool arguments.</summary>
    TextDelta,

    /// <summary>From the vendor: a piece of a response's audio, in base64.</summary>
    AudioDelta,

    /// <summary>From the vendor: <c>response.done</c>, which carries the usage.</summary>
    ResponseDone,

    /// <summary>From the vendor: the transcript of the caller's audio, billed by the transcribing model.</summary>
    TranscriptionDone,

    /// <summary>From the vendor: <c>error</c>.</summary>
    Error,
}
