using Sluice.Admin.Http;
using Sluice.Auth;
using Sluice.Protocol.Canonical;

namespace Sluice.Admin;

/// <summary>The first administrator: <c>POST /api/setup</c>, and the page behind the link that the service prints.</summary>
internal sealed class SetupEndpoints(FirstRun firstRun)
{
    private static readonly GatewayError BadToken = new(
        ErrorKind.Forbidden,
        "invalid_setup_token",
        "The setup link is not valid: it was used, it is older than a day, or there is an administrator already. "
        + "While there is none, every start of Sluice prints a new link.");

    private readonly HtmlPage _page = new("setup.html");

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapOperation("POST", "/api/setup", "Exchange the setup token for an administrator's API key", RedeemAsync)
            .Takes<SetupBody>().Answers<CreatedApiKeyItem>(StatusCodes.Status201Created)
            .WithAccess(Access.Anyone).WithTags("Setup");
        routes.MapOperation("GET", "/setup", "The setup page", _page.WriteAsync)
            .Takes(new QueryParameter("token", "The one-time token."))
            .WithAccess(Access.Anyone).WithTags("Setup");
    }

    private async Task RedeemAsync(HttpContext context)
    {
        if (await context.ReadJsonAsync(AdminJson.Default.SetupBody) is not { } body)
        {
            return;
        }

        var check = new BodyCheck();
        var token = check.Name("token", body.Token);
        var name = check.Name("name", body.Name ?? "administrator");
        if (await context.IsRefusedAsync(check))
        {
            return;
        }

        if (await firstRun.RedeemAsync(token, name, context.RequestAborted) is { } created)
        {
            await context.WriteJsonAsync(
                new CreatedApiKeyItem(created.Id, created.Key, created.Prefix, name), AdminJson.Default.CreatedApiKeyItem, StatusCodes.Status201Created);
        }
        else
        {
            await context.WriteProblemAsync(BadToken);
        }
    }
}
