using System.Buffers;
using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.OpenAIChat;

/// <summary>Writes requests and answers of Chat Completions.</summary>
internal sealed class ChatWriter : IDialectWriter
{
    public void WriteRequest(IBufferWriter<byte> output, ChatRequest request, WriteContext context)
    {
        using var json = new Utf8JsonWriter(output, WireWriting.Options);
        new ChatRequestWriter(json, request, context).Write();
    }

    public void WriteResponse(IBufferWriter<byte> output, ChatResponse response, WriteContext context)
    {
        using var json = new Utf8JsonWriter(output, WireWriting.Options);
        new ChatResponseWriter(json, context).Write(response);
    }
}
