using System.Buffers;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.GeminiGenerate;

internal sealed class GeminiErrorFormat : ErrorFormat
{
    public static readonly GeminiErrorFormat Instance = new();

    public override void WriteBody(IBufferWriter<byte> output, GatewayError error, string requestId, ResponseFraming framing) => throw new NotSupportedException();

    public override void WriteStreamEvent(IBufferWriter<byte> output, GatewayError error, string requestId, ResponseFraming framing, int eventsSent) => throw new NotSupportedException();

    public override ReadOnlySpan<byte> KeepAlive(ResponseFraming framing) => default;
}
