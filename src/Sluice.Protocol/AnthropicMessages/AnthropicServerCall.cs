using System.Buffers;
using System.Text.Json;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.AnthropicMessages;

/// <summary>A <c>server_tool_use</c> block whose input comes apart from it in streams.</summary>
internal static class AnthropicServerCall
{
    /// <summary>The block with this input in place of the one that it has.</summary>
    public static RawJson WithInput(RawJson block, RawJson input)
    {
        var output = new ArrayBufferWriter<byte>(block.Span.Length + input.Span.Length);
        using (var json = new Utf8JsonWriter(output, WireWriting.Options))
        {
            var cursor = new JsonCursor(block.Utf8);
            json.WriteStartObject();
            cursor.BeginObject();
            while (cursor.NextMember(out var name))
            {
                var value = cursor.ReadRaw();
                json.WriteRaw(name, name == "input" ? input : value);
            }

            json.WriteEndObject();
        }

        return new RawJson(output.WrittenMemory);
    }
}
