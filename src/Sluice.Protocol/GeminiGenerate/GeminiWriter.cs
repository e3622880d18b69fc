using System.Buffers;
using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>Writes requests and answers of <c>generateContent</c>. Model and streaming of a request stand in its path.</summary>
internal sealed class GeminiWriter : IDialectWriter
{
    public void WriteRequest(IBufferWriter<byte> output, ChatRequest request, WriteContext context)
    {
        using var json = new Utf8JsonWriter(output, WireWriting.Options);
        new GeminiRequestWriter(json, request, context).Write();
    }

    public void WriteResponse(IBufferWriter<byte> output, ChatResponse response, WriteContext context)
    {
        using var json = new Utf8JsonWriter(output, WireWriting.Options);
        new GeminiResponseWriter(json, context).Write(response);
    }
}
