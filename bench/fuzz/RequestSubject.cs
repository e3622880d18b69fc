using System.Buffers;
using Sluice.Fuzz.Legal;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;

namespace Sluice.Fuzz;

/// <summary>Requests: read, put into the tools of the upstream, written for it.</summary>
internal sealed class RequestSubject(Dialect dialect) : Subject($"{dialect} request", dialect, Fuzz.Seeds.Requests(dialect))
{
    private const int MaxDepth = 512;

    private static Operation OperationOf(Dialect dialect) => dialect switch
    {
        Dialect.OpenAIChat => Operation.Chat,
        Dialect.OpenAIResponses => Operation.Responses,
        Dialect.AnthropicMessages => Operation.Messages,
        _ => Operation.GenerateContent,
    };

    protected override Reading Read(byte[] input, Random random, Dialect target)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var accepted = Codec.Reader.TryReadRequest(input, out var request, out var error);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (RequestPeeker.Peek(input, OperationOf(Dialect), MaxDepth, out _) is not null)
        {
            // Refused before it is read, such as for a member that stands twice; what reading it costs is nobody's.
            allocated = 0;
        }

        if (!accepted)
        {
            ViolationException.Unless(error is { Status: 400 }, "a request is refused with a status that is not 400");
            return new Reading(false, allocated);
        }

        var upstream = DialectCodec.For(target);
        var context = Written.To(target, Dialect);
        var output = new ArrayBufferWriter<byte>(4096);
        upstream.Writer.WriteRequest(output, new CustomToolFunctions(request!, upstream.Fields).Request, context);
        if (context.Report.Refused is { } refused)
        {
            ViolationException.Unless(refused.Status == 400, "a translation is refused with a status that is not 400");
        }
        else
        {
            LegalJson.Check(output.WrittenSpan, $"the request for {target}");
        }

        return new Reading(true, allocated);
    }
}
