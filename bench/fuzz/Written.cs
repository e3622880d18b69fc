using System.Buffers;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;

namespace Sluice.Fuzz;

/// <summary>Writes what was read, as a translation does.</summary>
internal static class Written
{
    public static WriteContext To(Dialect target, Dialect client) =>
        new(new Owner(target), DialectCodec.For(client).Fields) { Created = 7, ResponseId = "fuzz", RequestId = "req_1" };

    /// <summary>The events in the order that writers are promised.</summary>
    public static List<StreamEvent> Legal(IEnumerable<StreamEvent> told)
    {
        var sequencer = new BlockSequencer();
        var legal = new List<StreamEvent>();
        foreach (var next in told)
        {
            sequencer.Add(next, legal);
        }

        sequencer.Complete(legal);
        return legal;
    }

    public static ArrayBufferWriter<byte> Stream(DialectCodec codec, IEnumerable<StreamEvent> events, WriteContext context)
    {
        using var writer = codec.CreateStreamWriter(context);
        var output = new ArrayBufferWriter<byte>(4096);
        foreach (var next in events)
        {
            writer.Write(output, next);
        }

        return output;
    }
}
