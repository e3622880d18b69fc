using Microsoft.AspNetCore.Connections;
using Sluice.Admin;
using Sluice.Auth;
using Sluice.Auth.Accounts;
using Sluice.Auth.Protection;
using Sluice.Auth.Google;
using Sluice.Configuration;
using Sluice.Endpoints;
using Sluice.Hosting;
using Sluice.Idempotency;
using Sluice.Limits;
using Sluice.Mcp;
using Sluice.Pipeline;
using Sluice.Pricing;
using Sluice.Providers;
using Sluice.Realtime;
using Sluice.Storage;
using Sluice.StoredResponses;
using Sluice.Telemetry;
using Sluice.Telemetry.Logging;

namespace Sluice;

/// <summary>The service, put together: what it consists of, in the order of dependence.</summary>
internal static class SluiceApplication
{
    /// <summary>The provider types that the configuration accepts.</summary>
    internal static ProviderTypeCatalog ProviderTypes => ProviderTypeCatalog.From(new ProviderRegistry().All.Select(provider => provider.Descriptor));

    /// <summary>Builds the service; starting it opens the listeners.</summary>
    /// <exception cref="ConfigException">The configuration has mistakes.</exception>
    /// <exception cref="StartRefusedException">The data folder, the database or a secret does not allow a start.</exception>
    internal static WebApplication Build(ServeOptions options)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "sluice" });
        var services = builder.Services;
        var types = ProviderTypes;
        var config = services.AddSluiceConfiguration(options, types);

        services.AddRoutingCore();
        builder.Logging.AddSluiceConsole(options.Json, Environment.GetEnvironmentVariable("SLUICE_LOG_LEVEL"));
        services.AddStorage(StorageOptions.FromEnvironment(config.Server.Data));
        services.AddApiKeys(ApiKeyOptions.FromEnvironment());
        services.AddAccounts(FirstAdministratorOptions.FromEnvironment());
        services.AddVirtualServiceAccounts();
        services.AddLimits().AddIdempotency();
        services.AddMoney(config.Server);
        services.AddPricing();
        services.AddStoredResponses();
        services.AddTelemetry().AddServiceHealth();
        services.AddPipeline();
        services.AddMcp();
        services.AddRealtime();
        services.AddAdministration(new AdministrationOptions
        {
            ProviderTypes = [.. types.All.Where(type => type.Served).Select(type => new SelectableProviderType(type.Type, type.DefaultBaseUrl, type.RequiresBaseUrl) { BaseUrlOfLocation = type.BaseUrlOfLocation })],
            Settings = static provider => provider.GetRequiredService<ConfigurationService>().Settings(),
        });
        services.AddHostedService<SimulatorHosting>();
        services.AddHostedService(provider => new DrainLimit(
            provider.GetRequiredService<CallWatchdog>(), provider.GetRequiredService<IHostApplicationLifetime>(), TimeSpan.FromSeconds(config.Server.DrainSeconds), provider.GetRequiredService<TimeProvider>()));

        // The drain limit ends what is left; the rest is for error events, settlement and the account's last rows.
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(config.Server.DrainSeconds) + DrainLimit.Aftermath);
        ListenOn(builder, config.Server);

        var app = builder.Build();
        app.UseClientAddress();
        app.UseCrossOrigin();
        app.UseAddressConcurrency(static (context, error) => context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
            ? context.WriteProblemAsync(error)
            : DialectAnswer.WriteErrorAsync(context, DialectAnswer.Of(context.Request), error));
        app.UseRouting();
        app.UseEndpointAccess();
        app.UseAuditTrail();
        app.UseRealtime();
        app.MapOpenAI().MapAnthropic().MapGemini().MapVertex().MapGoogleTokens().MapRealtime().MapModelLists().MapMcp().MapOperations().MapAdministration().MapRoot();
        app.UseEndpoints(static _ => { });
        app.RequirePolicies();
        app.RegisterGauges();
        app.Lifetime.ApplicationStarted.Register(app.Services.GetRequiredService<IReadiness>().MarkServing);
        app.Lifetime.ApplicationStopping.Register(app.Services.GetRequiredService<IReadiness>().MarkDraining);
        return app;
    }

    private static void ListenOn(WebApplicationBuilder builder, ServerConfig server)
    {
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseSockets(sockets =>
        {
            // Completions run on the thread that waits for sockets: nothing on the request path blocks.
            sockets.UnsafePreferInlineScheduling = true;
            sockets.IOQueueCount = 0;
            sockets.Backlog = 4096;

            // A block per idle connection is cheaper than a system call more per read.
            sockets.WaitForDataBeforeAllocatingBuffer = false;
        });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;

            // The pipeline has its own bound, whose refusal is in the client's dialect; /api sets one of its own.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.ConfigureEndpointDefaults(listen => listen.Use(ClientConnection.Attach));
        });

        // After the server's own registration, which it would otherwise lose to.
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, BlockMemoryPool.Factory>();
        builder.WebHost.UseSluiceAddresses(server);
    }
}
