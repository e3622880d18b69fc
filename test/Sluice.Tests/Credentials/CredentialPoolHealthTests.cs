using Sluice.Credentials;
using Sluice.Telemetry;

namespace Sluice.Tests.Credentials;

public sealed class CredentialPoolHealthTests
{
    [Fact]
    public void Check_EveryProviderHasAReadyCredential_IsHealthyWithCounts()
    {
        var report = Check(
            new CredentialStatus("openai", "k1", CredentialState.Ready),
            new CredentialStatus("openai", "k2", CredentialState.Cooling),
            new CredentialStatus("claude", "k1", CredentialState.Ready));

        report.Status.ShouldBe(HealthStatus.Healthy);
        report.Reason.ShouldBeNull();
        report.Details!.ToJsonString().ShouldBe("""{"openai":{"ready":1,"cooling":1},"claude":{"ready":1}}""");
    }

    [Fact]
    public void Check_AProviderWithoutAReadyCredential_IsDegradedAndNamed()
    {
        var report = Check(
            new CredentialStatus("openai", "k1", CredentialState.Ready),
            new CredentialStatus("claude", "k1", CredentialState.Disabled));

        report.Status.ShouldBe(HealthStatus.Degraded);
        report.Reason!.ShouldContain("claude");
        report.Reason!.ShouldNotContain("openai");
    }

    private static HealthReport Check(params CredentialStatus[] credentials) =>
        new CredentialPoolHealth(new Pool(credentials)).Check();

    private sealed class Pool(IReadOnlyList<CredentialStatus> credentials) : ICredentialRuntime
    {
        public IReadOnlyList<CredentialStatus> List() => credentials;

        public CredentialStatus? Find(string provider, string name) => null;

        public bool SetState(string provider, string name, CredentialState state, string? reason) => false;

        public Task<CredentialTestResult> TestAsync(string provider, string name, string? model, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<CredentialRefresh> RefreshAsync(string provider, string name, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
