using Sluice.Auth;
using Sluice.Limits;
using Sluice.Limits.Budgets;
using Sluice.Mcp.Catalog;
using Sluice.Mcp.Servers;
using Sluice.Pipeline;
using Sluice.Pricing;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;
using Sluice.Storage;
using Sluice.Telemetry;
using Sluice.Usage;

namespace Sluice.Mcp.Calls;

/// <summary>
/// A tool call on the account, as a call of a model is: limits and budgets before it, a durable reservation before the server
/// hears of it, a durable outcome before the client sees its answer, then metrics, span and log line.
/// </summary>
internal sealed class ToolAccount(
    LimiterSet limiters, IBudgetGate budgets, ILedger ledger, GatewayMetrics metrics, CallLog log, RecentRefusals refusals, TimeProvider time)
{
    private const int MaxClientRequestId = 128;

    public ToolCall Open(HttpContext http, Caller caller, McpServer server, CatalogEntry tool)
    {
        string? clientId = http.Request.Headers["x-client-request-id"];
        var price = server.NanoUsdPerCall;
        var requestId = http.Response.Headers[RequestId.Header].ToString();
        var call = new ToolCall
        {
            RequestId = requestId,
            Caller = caller,
            Server = server,
            Tool = tool,
            StartedAt = time.GetTimestamp(),
            PriceNano = price,
            Series = metrics.Target(tool.Server, tool.Shown, IdentityOf(server)),
            Entry = new LedgerEntry
            {
                RequestId = requestId,
                ClientRequestId = clientId?.Length > MaxClientRequestId ? clientId[..MaxClientRequestId] : clientId,
                KeyId = caller.KeyId,
                KeyName = caller.KeyName,
                User = caller.User,
                Model = tool.Shown,
                Provider = tool.Server,
                UpstreamModel = tool.Name,
                Operation = Operation.ToolCall.Name,
                PriceId = ToolPrice.IdOf(price),
                AtMicros = time.GetUtcNow().UnixMicros(),
            },
        };
        metrics.CallStarted();
        call.Span = GatewayTracing.StartCall(Operation.ToolCall, http.Request.Headers.TraceParent, http.Request.Headers.TraceState);
        call.Span?.SetTag("gen_ai.tool.name", tool.Shown);
        return call;
    }

    /// <summary>Takes what the call needs, or tells why it may not be made. Writes how the limits stand into the answer's headers.</summary>
    public async ValueTask<GatewayError?> AdmitAsync(ToolCall call, HttpContext http)
    {
        var caller = call.Caller;
        var subjects = new CallSubjects(caller.Limiter, caller.KeyId, caller.KeyName, caller.User, call.Tool.Shown, http.Connection.RemoteIpAddress);
        call.Limit = limiters.Acquire(in subjects, new LimitDemand(0, 0, Milliseconds()), ref call.LimitHold);
        LimitHeaders.Write(http.Response.Headers, Dialect.OpenAIChat, call.Limit, time.GetUtcNow());
        if (call.Limit.Refused != LimitKind.None)
        {
            return PipelineErrors.Limited(call.Limit);
        }

        var accounts = call.PriceNano > 0 ? budgets.For(caller.Budgets, call.Tool.Shown) : [];
        if (accounts.Length > 0)
        {
            call.Hold = new BudgetHold();
            var decision = await budgets.ReserveAsync(accounts, call.PriceNano, call.Hold);
            if (!decision.Allowed)
            {
                return BudgetErrors.Of(decision);
            }

            call.Entry.Charges = [.. Enumerable.Range(0, call.Hold.Count).Select(i => new BudgetCharge(call.Hold.PeriodId(i), call.Hold.ReservedNano(i)))];
        }

        call.OnLedger = true;
        return await ledger.ReserveAsync(call.Entry) ? null : PipelineErrors.LedgerUnavailable();
    }

    /// <summary>Puts the outcome on the account, before the client is told it; false when it cannot be made durable.</summary>
    /// <param name="call">An admitted call.</param>
    /// <param name="status">How it ended: what is settled or estimated costs its price, the rest nothing.</param>
    public async ValueTask<bool> SettleAsync(ToolCall call, UsageStatus status)
    {
        call.IsSettled = true;
        var cost = CostOf(call, status);
        if (call.Hold is { } hold)
        {
            budgets.Settle(hold, cost);
        }

        Record(call, status, cost);
        return !call.OnLedger || await ledger.SettleAsync(call.Entry, call.Entry.NewRecord() with
        {
            Status = status,
            CostNanoUsd = cost,
            LatencyMicros = Micros(call),
            Attempts = call.Dispatched ? 1 : 0,
            HttpStatus = call.HttpStatus,
            Overrun = call.Hold?.IsOverrun ?? false,
        });
    }

    /// <summary>Ends a call that was refused before the server heard of it.</summary>
    public async ValueTask RefuseAsync(ToolCall call, GatewayError error)
    {
        (call.ErrorCode, call.HttpStatus) = (error.Code, error.Status);
        await SettleAsync(call, UsageStatus.Void);
        refusals.Note(new RefusedCall(
            call.RequestId, time.GetUtcNow(), call.Caller.KeyName, call.Tool.Shown, Operation.ToolCall.Name, error.Status, error.Code, call.Limit));
    }

    private void Record(ToolCall call, UsageStatus status, long cost)
    {
        call.LimitHold.Release(0, Milliseconds());
        var summary = new CallSummary
        {
            Operation = Operation.ToolCall,
            HttpStatus = call.HttpStatus,
            ErrorCode = call.ErrorCode,
            Estimated = status == UsageStatus.Estimated,
            CostNanoUsd = cost,
            LatencyMicros = Micros(call),
            Attempts = call.Dispatched ? 1 : 0,
        };
        metrics.CallEnded(call.Series, in summary);
        GatewayTracing.Finish(call.Span, call.Series, in summary, call.RequestId, null, null);
        log.Ended(call.RequestId, call.Caller.KeyName, call.Series, in summary);
    }

    private static UpstreamIdentity IdentityOf(McpServer server)
        => Uri.TryCreate(server.Config.Url, UriKind.Absolute, out var url) ? new UpstreamIdentity("mcp", url.Host, url.Port) : new UpstreamIdentity("mcp", "", 0);

    private static long CostOf(ToolCall call, UsageStatus status) => status is UsageStatus.Settled or UsageStatus.Estimated ? call.PriceNano : 0;

    private long Micros(ToolCall call) => (long)time.GetElapsedTime(call.StartedAt).TotalMicroseconds;

    /// <summary>The limiter's clock.</summary>
    private long Milliseconds() => time.GetTimestamp() / (time.TimestampFrequency / 1000);
}
