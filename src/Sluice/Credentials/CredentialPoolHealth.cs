using System.Text.Json.Nodes;
using Sluice.Telemetry;

namespace Sluice.Credentials;

/// <summary>
/// Says in <c>/health</c> whether every provider has a credential that is ready. Degraded at worst: taking the whole service
/// out of a load balancer because a vendor limits its rate would help nobody.
/// </summary>
internal sealed class CredentialPoolHealth(ICredentialRuntime credentials) : IHealthContributor
{
    public string Name => "credentials";

    public HealthReport Check()
    {
        var providers = credentials.List().GroupBy(c => c.Provider, StringComparer.Ordinal).ToList();
        var without = providers.Where(p => p.All(c => c.State != CredentialState.Ready)).Select(p => p.Key).ToList();
        var status = without.Count == 0 ? HealthStatus.Healthy : HealthStatus.Degraded;
        var reason = without.Count == 0
            ? null
            : $"No credential is ready for: {string.Join(", ", without)}. GET /api/admin/credentials says why.";
        return new HealthReport(status, reason) { Details = Counts(providers) };
    }

    private static JsonObject Counts(List<IGrouping<string, CredentialStatus>> providers)
    {
        var counts = new JsonObject();
        foreach (var provider in providers)
        {
            var states = new JsonObject();
            foreach (var state in provider.GroupBy(c => c.State).OrderBy(s => s.Key))
            {
                states[Word(state.Key)] = state.Count();
            }

            counts[provider.Key] = states;
        }

        return counts;
    }

    private static string Word(CredentialState state) => state switch
    {
        CredentialState.Ready => "ready",
        CredentialState.Cooling => "cooling",
        CredentialState.Limited => "limited",
        CredentialState.Expired => "expired",
        CredentialState.Disabled => "disabled",
        _ => "draining",
    };
}
