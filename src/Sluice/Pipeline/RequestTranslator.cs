using System.Buffers;
using Sluice.Credentials;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;
using Sluice.Routing;

namespace Sluice.Pipeline;

/// <summary>
/// Writes a request in the dialect of an upstream that does not speak the client's. Each attempt writes anew, since the next
/// target may speak yet another dialect; the client's body is read once.
/// </summary>
internal sealed partial class RequestTranslator(SignatureStore signatures, ILogger<RequestTranslator> logger)
{
    /// <summary>The bytes of the upstream request. Sets the call's <see cref="GatewayCall.Translation"/>.</summary>
    /// <returns>
    /// Null when the request cannot be translated, which <see cref="GatewayCall.Refusal"/> explains, or when the model's
    /// name cannot stand in the vendor's path.
    /// </returns>
    public UpstreamRequest? Build(GatewayCall call, RouteTarget target, CredentialSlot slot)
    {
        var client = DialectCodec.For(call.Operation.Dialect);
        if (call.Canonical is null)
        {
            var body = call.VersionInBody ? ClaudeEnvelope.PlainBody(call) : call.BodyBuffer.AsMemory(GatewayCall.Headroom, call.BodyLength);
            if (!client.Reader.TryReadRequest(body, out var read, out var malformed))
            {
                call.Refusal = malformed;
                return null;
            }

            call.Canonical = read;
        }

        var translation = Begin(call, client, target);
        var written = Write(call, translation, target);
        if (translation.Report.Refused is { } refused)
        {
            call.Refusal = refused;
            return null;
        }

        if (translation.Report.Header is not null || translation.Report.Adjusted.Count > 0)
        {
            Log.Translated(logger, call.RequestId, translation.Upstream.Dialect.Name(), translation.Dropped, translation.Report.Adjusted);
        }

        call.Translation = translation;
        return UpstreamRequest.BuildTranslated(call, target, slot, written.WrittenSpan);
    }

    private Translation Begin(GatewayCall call, DialectCodec client, RouteTarget target)
    {
        var upstream = DialectCodec.For(call.UpstreamOperation.Dialect);
        var request = call.Canonical! with
        {
            Model = target.Model,
            Stream = call.Streams,
            MaxOutputTokens = Bounded(call.Canonical!.MaxOutputTokens, call.OutputLimit),
        };
        var kept = signatures.Of(call.Caller!.KeyId);
        var tools = new CustomToolFunctions(SignatureKeeper.Restore(request, kept), upstream.Fields);
        return new Translation(client, upstream, target.OwnerIn(upstream.Dialect), request, tools, new TranslationReport(), kept);
    }

    private static ArrayBufferWriter<byte> Write(GatewayCall call, Translation translation, RouteTarget target)
    {
        var body = new ArrayBufferWriter<byte>(call.BodyLength + GatewayCall.Headroom);
        var context = new WriteContext(translation.Owner, translation.Client.Fields) { Rules = target.Rules, Report = translation.Report };
        RefuseState(translation);
        if (translation.Report.Refused is null)
        {
            translation.Upstream.Writer.WriteRequest(body, translation.Tools.Request, context);
        }

        return body;
    }

    /// <summary>What a vendor keeps between calls cannot be left out: the model would answer to half of a conversation.</summary>
    private static void RefuseState(Translation translation)
    {
        var state = translation.Request.State;
        var lost = state.PreviousResponseId is not null ? CanonicalField.PreviousResponse
            : state.ConversationId is not null ? CanonicalField.Conversation
            : state.Background is true ? CanonicalField.Background
            : (CanonicalField?)null;
        if (lost is { } field && !translation.Upstream.Fields.Supported.Contains(field))
        {
            var name = translation.Client.Fields.Of(field);
            translation.Report.Refuse($"The vendor of this model keeps nothing between calls, so '{name}' cannot be served. Send the whole conversation instead.", name);
        }
    }

    /// <summary>A budget's bound stands in the place of the client's.</summary>
    private static long? Bounded(long? wish, long limit) => limit > 0 ? Math.Min(wish ?? limit, limit) : wish;

    private static partial class Log
    {
        [LoggerMessage(3020, LogLevel.Debug, "{RequestId} was translated to {Dialect}: dropped {Dropped}, changed {Adjusted}")]
        public static partial void Translated(ILogger logger, string requestId, string dialect, string? dropped, IReadOnlyList<string> adjusted);
    }
}
