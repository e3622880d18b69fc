using System.Buffers;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.OpenAIResponses;

internal sealed class OpenAIResponsesErrorFormat : ErrorFormat
{
    public static readonly OpenAIResponsesErrorFormat Instance = new();

    public override void WriteBody(IBufferWriter<byte> output, GatewayError error, string requestId, ResponseFraming framing) => throw new NotSupportedException();

    public override void WriteStreamEvent(IBufferWriter<byte> output, GatewayError error, string requestId, ResponseFraming framing, int eventsSent) => throw new NotSupportedException();

    public override ReadOnlySpan<byte> KeepAlive(ResponseFraming framing) => default;
}
