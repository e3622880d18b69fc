using System.Text.Json;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>Reads a streamed answer that comes as one JSON array, sent piece by piece.</summary>
internal sealed class GeminiArrayStreamReader(Owner owner) : IStreamReader
{
    private readonly GeminiChunkReader _chunks = new(owner);
    private readonly GeminiArrayElements _elements = new();
    private bool _ended;

    public void Read(ReadOnlySpan<byte> bytes, ICollection<StreamEvent> events)
    {
        try
        {
            while (!_ended && _elements.TryRead(ref bytes, out var element))
            {
                _chunks.Read(element, events);
            }
        }
        catch (JsonException)
        {
            Fail(UpstreamErrors.Broken("an element of the array is not JSON"), events);
        }
        catch (WireFormatException broken)
        {
            Fail(UpstreamErrors.Broken(broken.Message), events);
        }
        catch (ReportedFailureException reported)
        {
            Fail(UpstreamErrors.Reported(reported.Type), events);
        }
    }

    public void Complete(ICollection<StreamEvent> events)
    {
        if (!_ended)
        {
            _ended = true;
            _chunks.End(events);
        }
    }

    public void Dispose() => _ended = true;

    private void Fail(GatewayError error, ICollection<StreamEvent> events)
    {
        _ended = true;
        events.Add(new StreamFailure(error));
    }
}
