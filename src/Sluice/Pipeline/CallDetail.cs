using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Protocol.Canonical;
using Sluice.Providers;
using Sluice.Routing;

namespace Sluice.Pipeline;

/// <summary>A target that could serve a call, in the order in which they were to be tried.</summary>
/// <param name="Provider">The provider's name.</param>
/// <param name="Model">The vendor's model id.</param>
/// <param name="Reason">Why it stands at this place.</param>
internal sealed record DetailCandidate(string Provider, string Model, string Reason);

/// <summary>An attempt that gave no answer.</summary>
/// <param name="Provider">The provider's name.</param>
/// <param name="Model">The vendor's model id.</param>
/// <param name="Credential">The credential's name.</param>
/// <param name="StartedMicros">From the request's arrival, in microseconds.</param>
/// <param name="EndedMicros">From the request's arrival, in microseconds.</param>
/// <param name="Failure">What went wrong: a name of <see cref="UpstreamFailureKind"/>.</param>
/// <param name="Stage">How far it had come: a name of <see cref="UpstreamStage"/>.</param>
/// <param name="Status">The upstream's HTTP status; 0 when there was none.</param>
/// <param name="Code">The upstream's error code; empty when there was none.</param>
internal sealed record FailedAttempt(
    string Provider, string Model, string Credential, long StartedMicros, long EndedMicros, string Failure, string Stage, int Status, string Code);

/// <summary>
/// What a call's record does not tell: who else could have served it, and what was tried in vain. Kept with the record, and
/// only where there is something to tell: one candidate that answered at once needs no words.
/// </summary>
internal sealed record CallDetail(IReadOnlyList<DetailCandidate> Candidates, IReadOnlyList<FailedAttempt> Failures, long LastStartedMicros)
{
    /// <summary>What the last attempt's translation left out of the request and of the answer, in the client's own spelling; empty for most.</summary>
    public IReadOnlyList<string> Dropped { get; init => field = value ?? []; } = [];

    /// <summary>What the upstream did wrong and translation repaired: codes of <see cref="AnswerRepairs"/>; empty for most.</summary>
    public IReadOnlyList<string> Repairs { get; init => field = value ?? []; } = [];

    /// <summary>Why the answer that had begun was not completed, as the client was told; empty for most.</summary>
    public string AnswerError { get; init => field = value ?? ""; } = "";

    /// <summary>What is worth keeping of a call; null when the record says it all.</summary>
    public static byte[]? Of(GatewayCall call)
    {
        var dropped = call.Lost ?? [];
        if (call.Failures is null && call.Candidates.Length <= 1 && dropped.Count == 0 && call.Repairs.Count == 0 && call.AnswerError.Length == 0)
        {
            return null;
        }

        var strategy = call.Route!.Strategy;
        return JsonSerializer.SerializeToUtf8Bytes(
            new CallDetail(
                [.. call.Candidates.Select(target => new DetailCandidate(target.Provider.Name, target.Model, RouteExplainer.ReasonOf(strategy, target)))],
                call.Failures ?? [],
                call.AttemptStartedMicros)
            {
                Dropped = dropped,
                Repairs = call.Repairs,
                AnswerError = call.AnswerError,
            },
            CallDetailJson.Default.CallDetail);
    }

    /// <summary>Reads what <see cref="Of"/> wrote; null for null, and for bytes that are not such a detail.</summary>
    public static CallDetail? Read(byte[]? stored)
    {
        try
        {
            return stored is null ? null : JsonSerializer.Deserialize(stored, CallDetailJson.Default.CallDetail);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(CallDetail))]
internal sealed partial class CallDetailJson : JsonSerializerContext;
