using System.Collections.Concurrent;
using Sluice.Credentials;
using Sluice.Tests.Auth;

namespace Sluice.Tests.Admin;

/// <summary>Every credential of the configuration, in the state that was last set.</summary>
internal sealed class StubCredentialRuntime(StubConfiguration configuration) : ICredentialRuntime
{
    private readonly ConcurrentDictionary<(string, string), CredentialStatus> _states = new();

    public IReadOnlyList<CredentialStatus> List()
        => [.. configuration.Current.Config.Providers.SelectMany(provider => provider.Credentials.Select(credential => Find(provider.Name, credential.Name)!))];

    public CredentialStatus? Find(string provider, string name)
        => _states.GetOrAdd((provider, name), key => new CredentialStatus(key.Item1, key.Item2, CredentialState.Ready));

    public bool SetState(string provider, string name, CredentialState state, string? reason)
    {
        _states[(provider, name)] = new CredentialStatus(provider, name, state) { Reason = reason };
        return true;
    }

    public Task<CredentialTestResult> TestAsync(string provider, string name, string? model, CancellationToken cancellationToken)
        => Task.FromResult(new CredentialTestResult(model != "broken", 200, $"{provider}/{name}/{model}", 12));

    public Task<CredentialRefresh> RefreshAsync(string provider, string name, CancellationToken cancellationToken)
        => Task.FromResult(CredentialRefresh.NothingToRefresh);
}
