namespace Sluice.Protocol.OpenAIChat;

/// <summary>The formats of sound in Chat and their media types.</summary>
internal static class ChatAudio
{
    /// <summary>The media type of a format, such as <c>audio/mpeg</c> for <c>mp3</c>.</summary>
    public static string ToMediaType(string format) => format == "mp3" ? "audio/mpeg" : $"audio/{format}";

    /// <summary>The format of a media type.</summary>
    public static string ToFormat(string? mediaType) => mediaType switch
    {
        null or "audio/wav" or "audio/x-wav" or "audio/wave" => "wav",
        "audio/mpeg" or "audio/mp3" => "mp3",
        _ => mediaType[(mediaType.IndexOf('/', StringComparison.Ordinal) + 1)..],
    };
}
