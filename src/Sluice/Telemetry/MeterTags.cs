using System.Globalization;

namespace Sluice.Telemetry;

/// <summary>The labels of a series in the GenAI conventions, made once so that recording allocates nothing.</summary>
internal sealed class MeterTags
{
    public MeterTags(CallSeries series)
    {
        Identity = series.Target.Identity;
        Call = [.. Common(series, Identity)];
        InputTokens = [.. Call, new(GenAIAttributes.TokenType, "input")];
        OutputTokens = [.. Call, new(GenAIAttributes.TokenType, "output")];
    }

    /// <summary>The identity the labels were made for.</summary>
    public UpstreamIdentity Identity { get; }

    public KeyValuePair<string, object?>[] Call { get; }

    public KeyValuePair<string, object?>[] InputTokens { get; }

    public KeyValuePair<string, object?>[] OutputTokens { get; }

    /// <summary>With <c>error.type</c>; made anew, because failures are rare.</summary>
    public KeyValuePair<string, object?>[] Failed(in CallSummary call) =>
        [.. Call, new(GenAIAttributes.ErrorType, call.ErrorCode ?? call.HttpStatus.ToString(CultureInfo.InvariantCulture))];

    private static IEnumerable<KeyValuePair<string, object?>> Common(CallSeries series, UpstreamIdentity identity)
    {
        yield return new(GenAIAttributes.OperationName, series.Operation.GenAIName);
        if (series.Target.Model.Length > 0)
        {
            yield return new(GenAIAttributes.RequestModel, series.Target.Model);
        }

        if (identity.ProviderName.Length > 0)
        {
            yield return new(GenAIAttributes.ProviderName, identity.ProviderName);
        }

        if (identity.ServerAddress.Length > 0)
        {
            yield return new(GenAIAttributes.ServerAddress, identity.ServerAddress);
            yield return new(GenAIAttributes.ServerPort, identity.ServerPort);
        }
    }
}
