using System.Buffers;
using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.OpenAIResponses;

/// <summary>Writes requests and answers of the Responses API.</summary>
internal sealed class ResponsesWriter : IDialectWriter
{
    public void WriteRequest(IBufferWriter<byte> output, ChatRequest request, WriteContext context)
    {
        using var json = new Utf8JsonWriter(output, WireWriting.Options);
        new ResponsesRequestWriter(json, request, context).Write();
    }

    public void WriteResponse(IBufferWriter<byte> output, ChatResponse response, WriteContext context)
    {
        using var json = new Utf8JsonWriter(output, WireWriting.Options);
        ResponsesResponseWriter.Write(json, response, context);
    }
}
