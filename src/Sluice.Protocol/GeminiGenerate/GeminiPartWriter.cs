using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>Writes what parts of requests and of answers have in common.</summary>
internal sealed class GeminiPartWriter(Utf8JsonWriter json, WriteContext context)
{
    /// <summary>Writes a part that is text.</summary>
    public void WriteText(string text, string? slot, IReadOnlyList<Extension> extensions)
    {
        json.WriteStartObject();
        json.WriteString("text", text);
        End(slot, extensions);
    }

    /// <summary>Writes a part that is a thought.</summary>
    public void WriteThought(string text, string? slot, IReadOnlyList<Extension> extensions)
    {
        json.WriteStartObject();
        json.WriteString("text", text);
        json.WriteBoolean("thought", true);
        End(slot, extensions);
    }

    /// <summary>Writes a tool call. An id that was made here is left out.</summary>
    public void WriteCall(ToolCallBlock call, string? slot)
    {
        json.WriteStartObject();
        json.WriteStartObject("functionCall");
        WriteId(call.CallId);
        json.WriteString("name", call.Name);
        GeminiToolAnswer.WriteArguments(json, call, context.Report);
        json.WriteExtensions(GeminiNames.Inside(call.Extensions, GeminiNames.Call, context.Target), context.Target);
        json.WriteEndObject();
        End(slot, call.Extensions);
    }

    /// <summary>Writes a picture, a document, sound or a film.</summary>
    public void WriteMedia(MediaBlock media, string? slot, bool withDetail)
    {
        json.WriteStartObject();
        GeminiMediaWriter.Write(json, media, context);
        if (withDetail && media.Detail is "low" or "high")
        {
            json.WriteStartObject("mediaResolution");
            json.WriteString("level", media.Detail == "low" ? "MEDIA_RESOLUTION_LOW" : "MEDIA_RESOLUTION_HIGH");
            json.WriteEndObject();
        }

        End(slot, media.Extensions);
    }

    /// <summary>Writes an id unless it was made here.</summary>
    public void WriteId(string id)
    {
        if (id.Length > 0 && !GeminiIds.IsMade(id))
        {
            json.WriteString("id", id);
        }
    }

    /// <summary>Ends a part with what all parts may have.</summary>
    public void End(string? slot, IReadOnlyList<Extension> extensions)
    {
        json.WriteIf("thoughtSignature", slot);
        json.WriteExtensions(GeminiNames.Inside(extensions, "", context.Target), context.Target);
        json.WriteEndObject();
    }
}
