using System.Buffers;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.OpenAIChat;

internal sealed class OpenAIChatErrorFormat : ErrorFormat
{
    public static readonly OpenAIChatErrorFormat Instance = new();

    public override void WriteBody(IBufferWriter<byte> output, GatewayError error, string requestId, ResponseFraming framing) => throw new NotSupportedException();

    public override void WriteStreamEvent(IBufferWriter<byte> output, GatewayError error, string requestId, ResponseFraming framing, int eventsSent) => throw new NotSupportedException();

    public override ReadOnlySpan<byte> KeepAlive(ResponseFraming framing) => default;
}
