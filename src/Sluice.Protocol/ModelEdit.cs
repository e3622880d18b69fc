using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sluice.Protocol.Json;

namespace Sluice.Protocol;

/// <summary>Names another model in a request body.</summary>
public static class ModelEdit
{
    /// <summary>The JSON string of a model name, quotes and escapes included. Made once for each target, not for each call.</summary>
    public static byte[] Token(string model)
    {
        var escaped = JsonEncodedText.Encode(Encoding.UTF8.GetBytes(model), JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
        return [(byte)'"', .. escaped.EncodedUtf8Bytes, (byte)'"'];
    }

    /// <summary>Replaces the model token.</summary>
    /// <param name="edit">Takes the change.</param>
    /// <param name="peek">Where the token stands; nothing happens when the body has none.</param>
    /// <param name="token">What <see cref="Token"/> made.</param>
    public static void Apply(ref JsonEdit edit, in RequestPeek peek, ReadOnlySpan<byte> token)
    {
        if (peek.Model.Found)
        {
            edit.Replace(peek.Model, token);
        }
    }
}
