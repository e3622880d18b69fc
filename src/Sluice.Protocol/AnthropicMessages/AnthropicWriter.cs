using System.Buffers;
using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.AnthropicMessages;

/// <summary>Writes requests and answers of the Messages API.</summary>
internal sealed class AnthropicWriter : IDialectWriter
{
    /// <summary>The most blocks that may carry <c>cache_control</c>, unless the model's row says otherwise.</summary>
    private const int MostMarks = 4;

    public void WriteRequest(IBufferWriter<byte> output, ChatRequest request, WriteContext context)
    {
        using var json = new Utf8JsonWriter(output, WireWriting.Options);
        var marked = CacheMarks.Limit(request, context.Rules.CacheBreakpoints ?? MostMarks, context.Report);
        new AnthropicRequestWriter(json, marked, context).Write();
    }

    public void WriteResponse(IBufferWriter<byte> output, ChatResponse response, WriteContext context)
    {
        using var json = new Utf8JsonWriter(output, WireWriting.Options);
        new AnthropicResponseWriter(json, context).Write(response);
    }
}
