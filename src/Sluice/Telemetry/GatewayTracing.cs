using System.Diagnostics;
using System.Globalization;
using Sluice.Protocol;
using Sluice.Providers;

namespace Sluice.Telemetry;

/// <summary>
/// One span per model call, in the OpenTelemetry GenAI conventions: kind client, because Sluice is the one that calls the
/// model, and over all attempts. The client's W3C <c>traceparent</c> is the parent. Nothing is sent upstream: a trace id
/// would tell the vendor which calls belong together. Prompts and answers are never put on a span.
/// </summary>
internal static class GatewayTracing
{
    public const string SourceName = "Sluice";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Begins the span of a call; null, at the cost of one read, when nobody listens or the sampler says no.</summary>
    /// <param name="operation">What is asked.</param>
    /// <param name="traceparent">The client's header, if any; a malformed one is ignored, as W3C asks.</param>
    /// <param name="tracestate">The client's header, if any.</param>
    public static Activity? StartCall(Operation operation, string? traceparent, string? tracestate)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        ActivityContext parent = default;
        if (traceparent is not null)
        {
            _ = ActivityContext.TryParse(traceparent, tracestate, isRemote: true, out parent);
        }

        // Without a parent of its own the span would join whatever activity the web server has current.
        var current = Activity.Current;
        Activity.Current = null;
        var activity = Source.StartActivity(operation.GenAIName, ActivityKind.Client, parent);
        Activity.Current = current;
        activity?.SetTag(GenAIAttributes.OperationName, operation.GenAIName);
        return activity;
    }

    /// <summary>Notes a failed attempt on the span, with no word of the vendor's.</summary>
    public static void AttemptFailed(Activity? call, string provider, UpstreamFailure failure)
    {
        call?.AddEvent(new ActivityEvent("sluice.attempt_failed", tags: new ActivityTagsCollection
        {
            ["sluice.provider"] = provider,
            [GenAIAttributes.ErrorType] = ProviderSeries.KindLabels[(int)failure.Kind],
            ["sluice.stage"] = failure.Stage.ToString(),
            [GenAIAttributes.StatusCode] = failure.Status,
        }));
    }

    /// <summary>Ends the span of a call.</summary>
    /// <param name="call">What <see cref="StartCall"/> gave; null does nothing.</param>
    /// <param name="target">The target that served it, or <see cref="GatewayMetrics.Unrouted"/>.</param>
    /// <param name="summary">How it ended.</param>
    /// <param name="requestId">The value of <c>x-request-id</c>, which finds the usage record.</param>
    /// <param name="requestModel">The model as the client asked for it; null when it was not readable.</param>
    /// <param name="responseModel">The model as the vendor named it; null when it did not.</param>
    public static void Finish(
        Activity? call, TargetSeries target, in CallSummary summary, string requestId, string? requestModel, string? responseModel)
    {
        if (call is null)
        {
            return;
        }

        // The name takes the configuration's model and never the client's text: span names must stay few.
        if (target.Model.Length > 0)
        {
            call.DisplayName = $"{summary.Operation.GenAIName} {target.Model}";
        }

        SetText(call, GenAIAttributes.RequestModel, requestModel);
        SetText(call, GenAIAttributes.ResponseModel, responseModel);
        SetText(call, GenAIAttributes.ProviderName, target.Identity.ProviderName);
        SetText(call, GenAIAttributes.ServerAddress, target.Identity.ServerAddress);
        if (target.Identity.ServerPort > 0)
        {
            call.SetTag(GenAIAttributes.ServerPort, target.Identity.ServerPort);
        }

        call.SetTag(GenAIAttributes.StatusCode, summary.HttpStatus);
        SetText(call, "sluice.provider", target.Provider.Name);
        SetText(call, "sluice.request_id", requestId);
        call.SetTag("sluice.attempts", summary.Attempts);
        SetUsage(call, in summary);
        if (summary.ErrorCode is not null || summary.HttpStatus >= 400)
        {
            call.SetTag(GenAIAttributes.ErrorType, summary.ErrorCode ?? summary.HttpStatus.ToString(CultureInfo.InvariantCulture));
            call.SetStatus(ActivityStatusCode.Error);
        }

        call.Dispose();
    }

    private static void SetUsage(Activity call, in CallSummary summary)
    {
        var tokens = summary.Tokens;
        if (tokens.Total > 0)
        {
            call.SetTag(GenAIAttributes.InputTokens, tokens.TotalInput);
            call.SetTag(GenAIAttributes.OutputTokens, tokens.TotalOutput);
            if (tokens.CacheRead > 0)
            {
                call.SetTag(GenAIAttributes.CacheReadTokens, tokens.CacheRead);
            }

            if (tokens.CacheWrite5m + tokens.CacheWrite1h is > 0 and var written)
            {
                call.SetTag(GenAIAttributes.CacheCreationTokens, written);
            }
        }

        if (summary.CostNanoUsd is { } cost)
        {
            call.SetTag("sluice.cost_nano_usd", cost);
        }
    }

    private static void SetText(Activity call, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            call.SetTag(name, value);
        }
    }
}
