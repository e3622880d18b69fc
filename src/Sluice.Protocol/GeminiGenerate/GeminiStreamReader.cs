using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>Reads a streamed answer that comes as server-sent events (<c>alt=sse</c>). The end of the body is the end mark.</summary>
internal sealed class GeminiStreamReader(Owner owner) : SseStreamReader
{
    private readonly GeminiChunkReader _chunks = new(owner);

    protected override void OnEvent(ReadOnlySpan<byte> name, ReadOnlyMemory<byte> data, ICollection<StreamEvent> events)
    {
        try
        {
            _chunks.Read(data, events);
        }
        catch (ReportedFailureException reported)
        {
            Fail(UpstreamErrors.Reported(reported.Type), events);
        }
    }

    protected override void OnEnd(ICollection<StreamEvent> events) => _chunks.End(events);
}
