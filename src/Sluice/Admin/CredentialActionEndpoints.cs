using Sluice.Admin.Http;
using Sluice.Admin.Overlay;
using Sluice.Auth;
using Sluice.Credentials;
using Sluice.Protocol.Canonical;

namespace Sluice.Admin;

/// <summary>What can be done with a credential beside changing it: test, enable, disable, drain, refresh. The file's and the database's alike.</summary>
internal sealed class CredentialActionEndpoints(CredentialItems items, ConfigurationChanges changes, ICredentialRuntime runtime)
{
    private const string ByHand = "set by an administrator";

    /// <summary>Tests under way at the same time, when all are tested.</summary>
    private const int TestsAtATime = 8;

    private static readonly GatewayError NothingToRefresh = new(
        ErrorKind.Conflict, "nothing_to_refresh", "The credential is an API key: it has no token that could be fetched anew. To end a rest or to try it again, enable it.");

    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapAdministrators("/api/admin/credentials", "Credentials");
        group.MapOperation("POST", "/test", "Test all credentials, or those of a provider", TestAllAsync)
            .Takes<TestCredentialsBody>().Answers<TestedCredentialsItem>();
        group.MapOperation("POST", "/{id}/test", "Send a smallest call, or without a model a free one, with this credential alone", TestAsync)
            .Takes<TestCredentialBody>().Answers<CredentialTestItem>();
        group.MapOperation("POST", "/{id}/enable", "Let calls use the credential, and forget its rests and errors", context => SwitchAsync(context, null)).Answers<CredentialItem>()
            .WithAccess(Access.Operator);
        group.MapOperation("POST", "/{id}/disable", "Let no call use the credential", context => SwitchAsync(context, CredentialSwitch.Disabled))
            .Answers<CredentialItem>()
            .WithAccess(Access.Operator);
        group.MapOperation("POST", "/{id}/drain", "Let running calls end and no new one begin", context => SwitchAsync(context, CredentialSwitch.Draining))
            .Answers<CredentialItem>()
            .WithAccess(Access.Operator);
        group.MapOperation("POST", "/{id}/refresh", "Fetch a new token for a credential that has one", RefreshAsync).Answers<CredentialItem>()
            .WithAccess(Access.Operator);
    }

    private async Task TestAsync(HttpContext context)
    {
        if (await context.ReadJsonAsync(AdminJson.Default.TestCredentialBody) is not { } body || await FoundAsync(context) is not { } item)
        {
            return;
        }

        var check = new BodyCheck();
        var model = body.Model is null ? null : check.Name("model", body.Model);
        if (await context.IsRefusedAsync(check))
        {
            return;
        }

        var result = await runtime.TestAsync(item.Provider, item.Name, model, context.RequestAborted);
        await context.WriteJsonAsync(
            new CredentialTestItem(result.Ok, result.Status, result.Message, result.LatencyMilliseconds), AdminJson.Default.CredentialTestItem);
    }

    private async Task TestAllAsync(HttpContext context)
    {
        if (await context.ReadJsonAsync(AdminJson.Default.TestCredentialsBody) is not { } body)
        {
            return;
        }

        var check = new BodyCheck();
        var model = body.Model is null ? null : check.Name("model", body.Model);
        if (await context.IsRefusedAsync(check))
        {
            return;
        }

        var tested = items.All().Where(item => body.Provider is null || item.Provider == body.Provider).ToList();
        var results = new TestedCredentialItem[tested.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = TestsAtATime, CancellationToken = context.RequestAborted };
        await Parallel.ForAsync(0, tested.Count, options, async (i, cancellation) =>
        {
            var item = tested[i];
            var result = await runtime.TestAsync(item.Provider, item.Name, model, cancellation);
            results[i] = new TestedCredentialItem(item.Id, item.Name, item.Provider, result.Ok, result.Status, result.Message, result.LatencyMilliseconds);
        });
        var accepted = results.Count(result => result.Ok);
        await context.WriteJsonAsync(
            new TestedCredentialsItem(accepted == results.Length, accepted, results.Length - accepted, results), AdminJson.Default.TestedCredentialsItem);
    }

    private async Task SwitchAsync(HttpContext context, CredentialSwitch? state)
    {
        if (await FoundAsync(context) is not { } item)
        {
            return;
        }

        // First what is running, then what is stored: a credential that leaks must stop now, whatever the disk does.
        var runtimeState = state switch
        {
            null => CredentialState.Ready,
            CredentialSwitch.Draining => CredentialState.Draining,
            _ => CredentialState.Disabled,
        };
        runtime.SetState(item.Provider, item.Name, runtimeState, state is null ? null : ByHand);
        await changes.ForceAsync(connection => ConfigurationStore.Set(connection, item.Provider, item.Name, state), CancellationToken.None);

        // The reload knows only enabled and disabled.
        runtime.SetState(item.Provider, item.Name, runtimeState, state is null ? null : ByHand);
        await context.WriteItemAsync(items.All(), AdminJson.Default.CredentialItem);
    }

    private async Task RefreshAsync(HttpContext context)
    {
        if (await FoundAsync(context) is not { } item)
        {
            return;
        }

        var refresh = await runtime.RefreshAsync(item.Provider, item.Name, context.RequestAborted);
        switch (refresh.Outcome)
        {
            case RefreshOutcome.NothingToRefresh:
                await context.WriteProblemAsync(NothingToRefresh);
                break;
            case RefreshOutcome.Unknown:
                await context.WriteProblemAsync(AdminErrors.NotFound);
                break;
            case RefreshOutcome.Failed:
                await context.WriteProblemAsync(new GatewayError(ErrorKind.UpstreamFailed, "token_refresh_failed", refresh.Fault!));
                break;
            default:
                await context.WriteItemAsync(items.All(), AdminJson.Default.CredentialItem);
                break;
        }
    }

    /// <summary>Any credential of the path's id; otherwise answers that there is none.</summary>
    private async Task<CredentialItem?> FoundAsync(HttpContext context)
    {
        var item = items.All().FirstOrDefault(item => item.Id == context.Id());
        if (item is null)
        {
            await context.WriteProblemAsync(AdminErrors.NotFound);
        }

        return item;
    }
}
