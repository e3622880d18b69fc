using System.Buffers;
using Sluice.Fuzz.Legal;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;

namespace Sluice.Fuzz;

/// <summary>Streams: read whole and in pieces, put in order, written as a stream and, put together, as one document.</summary>
internal sealed class StreamSubject(Dialect dialect, ResponseFraming framing)
    : Subject($"{dialect} {(framing == ResponseFraming.Sse ? "stream" : "array")}", dialect, Fuzz.Seeds.Streams(dialect, framing))
{
    protected override Reading Read(byte[] input, Random random, Dialect target)
    {
        var told = new List<StreamEvent>(256);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Tell(input, told, null);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        var again = new List<StreamEvent>(told.Count);
        Tell(input, again, random);

        var client = random.Next(4) == 0 && target == Dialect.GeminiGenerate ? ResponseFraming.JsonArray : ResponseFraming.Sse;
        var context = Written.To(target, target) with { Framing = client };
        var codec = DialectCodec.For(target);
        var legal = Written.Legal(told);
        var written = Written.Stream(codec, legal, context);
        LegalStream.Check(target, client, written.WrittenSpan);
        var writtenAgain = Written.Stream(codec, Written.Legal(again), Written.To(target, target) with { Framing = client });
        ViolationException.Unless(written.WrittenSpan.SequenceEqual(writtenAgain.WrittenSpan), "the pieces in which a stream comes change its events");
        var accepted = legal[^1] is MessageStop;
        if (accepted)
        {
            CheckWhole(codec, legal, target);
        }

        return new Reading(accepted, allocated);
    }

    private static void CheckWhole(DialectCodec codec, List<StreamEvent> legal, Dialect target)
    {
        var assembler = new ResponseAssembler();
        legal.ForEach(assembler.Add);
        var output = new ArrayBufferWriter<byte>(4096);
        codec.Writer.WriteResponse(output, assembler.ToResponse(), Written.To(target, target));
        LegalJson.Check(output.WrittenSpan, $"the answer in {target}");
    }

    private void Tell(byte[] input, List<StreamEvent> events, Random? cuts)
    {
        using var reader = Codec.CreateStreamReader(new Owner(Dialect), framing);
        var longest = cuts?.Next(1, 400) ?? 0;
        for (var at = 0; at < input.Length;)
        {
            var length = cuts is null ? input.Length : Math.Min(cuts.Next(longest + 1), input.Length - at);
            reader.Read(input.AsSpan(at, length), events);
            at += length;
        }

        reader.Complete(events);
    }
}
