using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.OpenAIChat;

/// <summary>Writes pictures, those of users and those that the model made alike.</summary>
internal static class ChatImages
{
    /// <summary>Writes a whole part.</summary>
    public static void Write(Utf8JsonWriter json, MediaBlock image)
    {
        json.WriteStartObject();
        json.WriteString("type", "image_url");
        WriteUrl(json, image);
        json.WriteEndObject();
    }

    /// <summary>Writes the member <c>image_url</c>.</summary>
    public static void WriteUrl(Utf8JsonWriter json, MediaBlock image)
    {
        json.WriteStartObject("image_url");
        if (image.Source is InlineMedia inline)
        {
            DataUrl.Write(json, "url", image.MediaType ?? "image/png", inline.Base64.Span);
        }
        else if (image.Source is UrlMedia url)
        {
            json.WriteString("url", url.Url);
        }

        json.WriteIf("detail", image.Detail);
        json.WriteEndObject();
    }
}
