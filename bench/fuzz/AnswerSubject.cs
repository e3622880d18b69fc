using System.Buffers;
using Sluice.Fuzz.Legal;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;

namespace Sluice.Fuzz;

/// <summary>Whole answers: read, written whole and as a stream.</summary>
internal sealed class AnswerSubject(Dialect dialect) : Subject($"{dialect} answer", dialect, Fuzz.Seeds.Answers(dialect))
{
    protected override Reading Read(byte[] input, Random random, Dialect target)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var accepted = Codec.Reader.TryReadResponse(input, new Owner(Dialect), out var read, out var error);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (!accepted)
        {
            ViolationException.Unless(error is { Status: >= 400 }, "an answer is refused without a status of failure");
            return new Reading(false, allocated);
        }

        var response = WholeAnswer.Repair(read!, [], out error);
        if (error is not null)
        {
            return new Reading(false, allocated);
        }

        var codec = DialectCodec.For(target);
        var output = new ArrayBufferWriter<byte>(4096);
        codec.Writer.WriteResponse(output, response, Written.To(target, target));
        LegalJson.Check(output.WrittenSpan, $"the answer in {target}");
        var stream = Written.Stream(codec, Written.Legal(ResponseEvents.Of(response)), Written.To(target, target));
        LegalStream.Check(target, ResponseFraming.Sse, stream.WrittenSpan);
        return new Reading(true, allocated);
    }
}
