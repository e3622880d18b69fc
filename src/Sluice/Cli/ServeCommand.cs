using Microsoft.AspNetCore.Connections;
using Sluice.Auth;
using Sluice.Protocol;
using Sluice.Routing;

namespace Sluice.Cli;

/// <summary><c>serve</c>: starts the service, says where it is, and ends when it is stopped.</summary>
internal static class ServeCommand
{
    public static async Task<int> RunAsync(CommandHost host, ServeOptions options, CommandOutput output, CancellationToken cancellationToken)
    {
        await using var app = host.BuildApplication(options);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            return output.Fail(ExitCode.Unreachable, $"{e.Message.TrimEnd('.')}. Is Sluice running already? Another address: sluice serve --urls http://127.0.0.1:8081");
        }

        await AnnounceAsync(host, app, output, cancellationToken);
        await app.WaitForShutdownAsync(cancellationToken);
        return ExitCode.Ok;
    }

    private static async Task AnnounceAsync(CommandHost host, WebApplication app, CommandOutput output, CancellationToken cancellationToken)
    {
        if (app.Services.GetService<FirstRun>() is not { } firstRun)
        {
            return;
        }

        var prepared = await firstRun.PrepareAsync(cancellationToken);
        var routes = app.Services.GetRequiredService<GatewayRuntime>().Current.Routes;
        IReadOnlyList<string> addresses = [.. app.Urls];
        FirstRunBanner.Write(
            host.Out,
            new BannerContent
            {
                Addresses = addresses,
                Providers = [.. routes.Providers.Select(provider => provider.Name)],
                IsNew = prepared.IsNew,
                SetupUrl = prepared.SetupToken is { } token && addresses.Count > 0 ? $"{ListenAddress.ForClients(addresses[0])}/setup?token={token}" : null,
                ExampleKey = prepared.QuickstartKey,

                // Without a key that works the line would only fail: it is for the first start.
                ExampleModel = prepared.QuickstartKey is null ? null : routes.Offered.FirstOrDefault(route => route.Order(Operation.Chat).Length > 0)?.Name,
            },
            output.IsJson);
    }
}
