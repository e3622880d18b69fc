using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Sluice.Credentials;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;
using Sluice.Routing;

namespace Sluice.Pipeline;

/// <summary>
/// Writes a request in the dialect of an upstream that does not speak the client's. Each attempt writes anew, since the next
/// target may speak yet another dialect; the client's body is read once. A request in the upstream's own dialect is written
/// anew only where it holds signatures that the upstream would refuse.
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
        if (!TryRead(call, out var malformed))
        {
            call.Refusal = malformed;
            return null;
        }

        var translation = Begin(call, target);
        var body = Write(call, translation, target.RulesIn(translation.Upstream.Dialect));
        if (translation.Report.Refused is { } refused)
        {
            call.Refusal = refused;
            return null;
        }

        Tell(call, translation);
        call.Translation = translation;
        return UpstreamRequest.BuildTranslated(call, target, slot, body.WrittenSpan);
    }

    /// <summary>
    /// True when a request cannot be relayed to a target as it came: it carries marked signatures of another vendor, or such as
    /// the target has refused before.
    /// </summary>
    public bool MustRewrite(GatewayCall call, RouteTarget target)
    {
        if (!call.Operation.Generates)
        {
            return false;
        }

        if (call.WithoutSignatures || (call.CarriesMarks ??= SignatureMarks.In(call.Body, call.Operation.Dialect)))
        {
            return TryRead(call, out _);
        }

        return signatures.HasRefused(call.Caller!.KeyId) && TryRead(call, out _)
            && SignatureStripper.In(call.Canonical!).Any(signature => WasRefused(call, target, signature));
    }

    /// <summary>
    /// The bytes of a request that is relayed, without the signed parts that are not the target's. Sets the call's
    /// <see cref="GatewayCall.Rewritten"/>. Everything else says what the client said, as the dialect's own reader and writer
    /// keep it; the answer is relayed as it comes.
    /// </summary>
    /// <returns>As <see cref="Build"/>.</returns>
    public UpstreamRequest? Rewrite(GatewayCall call, RouteTarget target, CredentialSlot slot)
    {
        var translation = Begin(call, target);
        var rules = target.RulesIn(call.Operation.Dialect);
        var body = Write(call, translation, new ModelRules
        {
            // The client's own words stand; only what belongs to signatures is the model's.
            SignsCalls = rules.SignsCalls,
            MaxTokensMember = rules.MaxTokensMember,
            CacheBreakpoints = int.MaxValue,
            SystemBetweenTurns = true,
            TakesReasoningContent = rules.TakesReasoningContent,
        });
        if (translation.Report.Refused is { } refused)
        {
            call.Refusal = refused;
            return null;
        }

        Tell(call, translation);
        call.Rewritten = translation.Report;
        return UpstreamRequest.BuildRewritten(call, target, slot, body.WrittenSpan);
    }

    private static bool TryRead(GatewayCall call, [NotNullWhen(false)] out GatewayError? malformed)
    {
        malformed = null;
        if (call.Canonical is not null)
        {
            return true;
        }

        var body = call.VersionInBody ? ClaudeEnvelope.PlainBody(call) : call.BodyBuffer.AsMemory(GatewayCall.Headroom, call.BodyLength);
        if (!DialectCodec.For(call.Operation.Dialect).Reader.TryReadRequest(body, out var read, out malformed))
        {
            return false;
        }

        call.Canonical = read;
        return true;
    }

    private Translation Begin(GatewayCall call, RouteTarget target)
    {
        var client = DialectCodec.For(call.Operation.Dialect);
        var upstream = DialectCodec.For(call.UpstreamOperation.Dialect);
        var request = call.Canonical! with
        {
            Model = target.Model,
            Stream = call.Streams,
            MaxOutputTokens = Bounded(call.Canonical!.MaxOutputTokens, call.OutputLimit),
            State = StateOf(call, upstream, target),
        };
        var kept = signatures.Of(call.Caller!.KeyId);
        var owner = target.OwnerIn(upstream.Dialect);
        var report = new TranslationReport();
        if (call.Keeping?.IsTooLarge(call.BodyLength) == true)
        {
            report.Drop("store");
        }

        var signed = WithoutRefused(call, target, owner, SignatureKeeper.Restore(request, kept), client.Fields, report);
        var tools = new CustomToolFunctions(signed, upstream.Fields);
        return new Translation(client, upstream, owner, request, tools, report, kept);
    }

    /// <summary>What Sluice keeps is none of the upstream's business: it is asked for one answer, and given all that it must know for it.</summary>
    private static StateRequest StateOf(GatewayCall call, DialectCodec upstream, RouteTarget target)
    {
        var state = call.Canonical!.State;
        if (call.Keeping is null && call.ContinuesFrom is null)
        {
            return state;
        }

        var isResponses = upstream.Dialect == Dialect.OpenAIResponses;
        return state with
        {
            Store = isResponses || call.Keeping is null ? false : null,
            Background = null,
            PreviousResponseId = null,

            // Without it the upstream's thoughts could not be given back to it in the next turn.
            SignedReasoning = state.SignedReasoning || (isResponses && target.RulesIn(upstream.Dialect).Thinking != ThinkingStyle.None),
        };
    }

    /// <summary>
    /// Leaves out what the target has refused. Which of the signatures it meant a vendor does not say, so that all of them go
    /// and are remembered; those of later answers stay.
    /// </summary>
    private ChatRequest WithoutRefused(GatewayCall call, RouteTarget target, Owner owner, ChatRequest request, FieldNames client, TranslationReport report)
    {
        if (call.WithoutSignatures)
        {
            var kept = signatures.Of(call.Caller!.KeyId);
            foreach (var signature in SignatureStripper.In(request).Where(signature => signature.Owner.Accepts(owner)))
            {
                kept.Keep(SignatureKeys.OfRefused(target.Provider.Name, signature), KeptSignature.Nothing);
            }

            return SignatureStripper.Strip(request, block => block is ReasoningBlock || block.Signature is not null, client, report);
        }

        return signatures.HasRefused(call.Caller!.KeyId)
            ? SignatureStripper.Strip(request, block => block.Signature is { Data.Length: > 0 } signature && WasRefused(call, target, signature), client, report)
            : request;
    }

    private bool WasRefused(GatewayCall call, RouteTarget target, Signature signature) =>
        signatures.Of(call.Caller!.KeyId).Find(SignatureKeys.OfRefused(target.Provider.Name, signature)) is not null;

    private static ArrayBufferWriter<byte> Write(GatewayCall call, Translation translation, ModelRules rules)
    {
        var body = new ArrayBufferWriter<byte>(call.BodyLength + GatewayCall.Headroom);
        var context = new WriteContext(translation.Owner, translation.Client.Fields) { Rules = rules, Report = translation.Report };
        RefuseState(translation);
        if (translation.Report.Refused is null)
        {
            translation.Upstream.Writer.WriteRequest(body, translation.Tools.Request, context);
        }

        return body;
    }

    private void Tell(GatewayCall call, Translation translation)
    {
        if (translation.Report.Header is not null || translation.Report.Adjusted.Count > 0)
        {
            Log.Translated(logger, call.RequestId, translation.Upstream.Dialect.Name(), translation.Dropped, translation.Report.Adjusted);
        }
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
