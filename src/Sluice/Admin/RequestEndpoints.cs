using Sluice.Admin.Http;
using Sluice.Auth;
using Sluice.Limits;
using Sluice.Limits.Budgets;
using Sluice.Pipeline;
using Sluice.Pricing;
using Sluice.Protocol.Canonical;
using Sluice.Storage;
using Sluice.Usage;

namespace Sluice.Admin;

/// <summary><c>/api/admin/requests/{id}</c>: the trace of a call by the <c>x-request-id</c> of its reply.</summary>
internal sealed class RequestEndpoints(UsageReader usage, RecentRefusals refusals, BudgetReader budgets, ITargetPrices prices)
{
    public void Map(IEndpointRouteBuilder routes)
        => routes.MapAdministrators("/api/admin/requests", "Usage")
            .MapOperation("GET", "/{id}", "The trace of a call: who, what could serve it, what was tried, what was used, and its price", ShowAsync)
            .Answers<RequestTraceItem>();

    private async Task ShowAsync(HttpContext context)
    {
        var id = context.Id();
        var trace = await usage.FindAsync(id) is { } row ? Trace(row)
            : refusals.Find(id) is { } refused ? Trace(refused)
            : null;
        await (trace is null
            ? context.WriteProblemAsync(AdminErrors.NotFound)
            : context.WriteJsonAsync(trace, AdminJson.Default.RequestTraceItem));
    }

    private RequestTraceItem Trace(UsageRow row)
    {
        var detail = CallDetail.Read(usage.Detail(row.Id));
        return new RequestTraceItem
        {
            RequestId = row.RequestId,
            ClientRequestId = row.ClientRequestId,
            At = Clock.FromUnixMicros(row.At),
            Key = row.KeyName,
            User = row.User.Length == 0 ? null : row.User,
            Model = row.Model,
            Operation = row.Operation,
            Status = Spelling.Of((UsageStatus)row.Status),
            HttpStatus = row.HttpStatus,
            LatencyMs = row.Latency / 1000.0,
            FirstTokenMs = row.FirstToken / 1000.0,
            ErrorCode = detail is { AnswerError.Length: > 0 } ? detail.AnswerError : null,
            Dropped = detail?.Dropped ?? [],
            Repairs = detail?.Repairs ?? [],
            Candidates = detail is null
                ? [new TraceCandidate(row.Provider, row.UpstreamModel, "the only candidate")]
                : [.. detail.Candidates.Select(candidate => new TraceCandidate(candidate.Provider, candidate.Model, candidate.Reason))],
            Attempts = [.. Attempts(row, detail)],
            Tokens = new TokensBody
            {
                Input = row.Input,
                CacheRead = row.CacheRead,
                CacheWrite5m = row.CacheWrite5m,
                CacheWrite1h = row.CacheWrite1h,
                Output = row.Output,
                Reasoning = row.Reasoning,
            },
            Price = PriceOf(row),
            Budgets = [.. budgets.ChargesOf(row.Id).Select(charge => new TraceCharge(charge.Policy, charge.Subject, charge.PeriodStart, charge.CostNano))],
        };
    }

    private static RequestTraceItem Trace(RefusedCall call) => new()
    {
        RequestId = call.RequestId,
        At = call.At,
        Key = call.Key,
        Model = call.Model,
        Operation = call.Operation,
        Status = "refused",
        HttpStatus = call.HttpStatus,
        ErrorCode = call.ErrorCode,
        Limits = new TraceLimits(
            call.Limit.Refused == LimitKind.None ? null : Lower(call.Limit.Refused.ToString()),
            call.Limit.Refused == LimitKind.None ? null : Lower(call.Limit.Scope.ToString()),
            call.Limit.RetryAfterSeconds,
            call.Limit.Requests?.Remaining,
            call.Limit.Tokens?.Remaining),
    };

    private static IEnumerable<TraceAttempt> Attempts(UsageRow row, CallDetail? detail)
    {
        foreach (var failed in detail?.Failures ?? [])
        {
            yield return new TraceAttempt
            {
                Provider = failed.Provider,
                Model = failed.Model,
                Credential = failed.Credential,
                StartedMs = failed.StartedMicros / 1000.0,
                EndedMs = failed.EndedMicros / 1000.0,
                Outcome = Snake(failed.Failure),
                Stage = Snake(failed.Stage),
                Status = failed.Status == 0 ? null : failed.Status,
                Code = failed.Code.Length == 0 ? null : failed.Code,
            };
        }

        if ((UsageStatus)row.Status is not (UsageStatus.Failed or UsageStatus.Void))
        {
            yield return new TraceAttempt
            {
                Provider = row.Provider,
                Model = row.UpstreamModel,
                Credential = row.Credential,
                StartedMs = (detail?.LastStartedMicros ?? 0) / 1000.0,
                EndedMs = row.Latency / 1000.0,
                Outcome = "answered",
            };
        }
    }

    /// <summary>How the price came about, by the price list that is in force now where that is still the one of the call.</summary>
    private TracePrice PriceOf(UsageRow row)
    {
        var tokens = new TokenUsage(row.Input, row.CacheRead, row.CacheWrite5m, row.CacheWrite1h, row.Output, row.Reasoning);
        var price = prices.Find(row.Model, row.Provider, row.UpstreamModel);
        var derivation = PriceDerivation.Of(price?.Id == row.PriceId ? price : null, in tokens);
        return new TracePrice(
            row.PriceId.Length == 0 ? null : row.PriceId,
            [.. derivation.Lines.Select(line => new TracePriceLine(line.Bucket, line.Count, line.NanoUsdPerMillion, line.NanoUsd))],
            row.Cost);
    }

    private static string Lower(string name) => name.ToLowerInvariant();

    private static string Snake(string name) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
