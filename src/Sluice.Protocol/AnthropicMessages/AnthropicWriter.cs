using System.Buffers;
using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.AnthropicMessages;

/// <summary>Writes requests and answers of the Messages API.</summary>
internal sealed class AnthropicWriter : IDialectWriter
{
    public void WriteRequest(IBufferWriter<byte> output, ChatRequest request, WriteContext context)
    {
        using var json = new Utf8JsonWriter(output, WireWriting.Options);
        new AnthropicRequestWriter(json, request, context).Write();
    }

    public void WriteResponse(IBufferWriter<byte> output, ChatResponse response, WriteContext context)
    {
        using var json = new Utf8JsonWriter(output, WireWriting.Options);
        new AnthropicResponseWriter(json, context).Write(response);
    }
}
