using Sluice.Auth;
using Sluice.Configuration;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;
using Sluice.Telemetry;

namespace Sluice.Tests.Telemetry;

/// <summary>What the tests of this folder share: one target, one call, and the smallest configuration.</summary>
internal static class TestSeries
{
    public static readonly UpstreamIdentity OpenAI = new("openai", "api.openai.com", 443);

    public static TargetSeries Smart(GatewayMetrics metrics) => metrics.Target("openai-main", "smart", OpenAI);

    public static CallSummary Success() => new()
    {
        Operation = Operation.Chat,
        HttpStatus = 200,
        Tokens = new TokenUsage(100, 20, 3, 4, 50, 10),
        CostNanoUsd = 1_500_000,
        LatencyMicros = 30_000,
        FirstTokenMicros = 4_000,
        Attempts = 1,
    };

    public static CallSummary Failure(int status, string code) => new()
    {
        Operation = Operation.Chat,
        HttpStatus = status,
        ErrorCode = code,
        LatencyMicros = 1_000,
    };
}

internal sealed class FixedConfiguration(long generation) : IConfigurationSource
{
    public ConfigSnapshot Current { get; } = new(new SluiceConfig(), generation);

    public event Action<ConfigSnapshot>? Changed
    {
        add { }
        remove { }
    }

    public Task<IReadOnlyList<ConfigError>> ReloadAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ConfigError>>([]);
}

/// <summary>Knows one administrator, <c>admin-key</c>, and one user, <c>user-key</c>.</summary>
internal sealed class TwoCallers : ICallerRegistry
{
    public long Generation => 1;

    public Caller? Find(ReadOnlySpan<char> keyText) => keyText switch
    {
        "admin-key" => Make("admin", administrator: true),
        "user-key" => Make("user", administrator: false),
        _ => null,
    };

    private static Caller Make(string name, bool administrator) => new()
    {
        KeyId = name,
        KeyName = name,
        IsAdministrator = administrator,
        Models = ModelAllowList.All,
        Limiter = new Sluice.Limits.SubjectLimiter(new LimitsConfig()),
    };
}
