using System.Diagnostics;
using Sluice.Auth;
using Sluice.Limits;
using Sluice.Limits.Budgets;
using Sluice.Mcp.Catalog;
using Sluice.Mcp.Servers;
using Sluice.Telemetry;
using Sluice.Usage;

namespace Sluice.Mcp.Calls;

/// <summary>A call of a tool on its way, with what it holds; <see cref="ToolAccount"/> gives everything back.</summary>
internal sealed class ToolCall
{
    public required string RequestId { get; init; }

    public required Caller Caller { get; init; }

    public required McpServer Server { get; init; }

    public required CatalogEntry Tool { get; init; }

    /// <summary>When it arrived, as a timestamp of the clock.</summary>
    public required long StartedAt { get; init; }

    /// <summary>What it costs if it is answered, in nano-USD; as the configuration said when it arrived.</summary>
    public required long PriceNano { get; init; }

    public required LedgerEntry Entry { get; init; }

    public required TargetSeries Series { get; init; }

    public LimitDecision Limit { get; set; }

    public Activity? Span { get; set; }

    /// <summary>What is reserved in budgets; null while nothing is.</summary>
    public BudgetHold? Hold { get; set; }

    /// <summary>True once the journal may have its reservation, so that it needs an outcome there.</summary>
    public bool OnLedger { get; set; }

    /// <summary>True once the server may have seen the call.</summary>
    public bool Dispatched { get; set; }

    /// <summary>True once its outcome was decided.</summary>
    public bool IsSettled { get; set; }

    /// <summary>The failure's code; null for an answer of the server's, errors of its tools included.</summary>
    public string? ErrorCode { get; set; }

    /// <summary>The status that the client saw, or would have seen.</summary>
    public int HttpStatus { get; set; } = StatusCodes.Status200OK;

    /// <summary>What it has taken from limits; a field, because it is changed in place.</summary>
    public LimitHold LimitHold;
}
