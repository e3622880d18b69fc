using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.Admin;
using Sluice.Auth;
using Sluice.Auth.Accounts;
using Sluice.Auth.Protection;
using Sluice.Auth.Google;
using Sluice.Configuration;
using Sluice.Credentials;
using Sluice.Limits.Budgets;
using Sluice.Mcp;
using Sluice.Pipeline;
using Sluice.Pricing;
using Sluice.Storage;
using Sluice.Tests.Auth;
using Sluice.Tests.Storage;
using Sluice.Usage;

namespace Sluice.Tests.Admin;

/// <summary>An answer of the API: its status and its body.</summary>
internal sealed record ApiAnswer(HttpStatusCode Status, JsonElement Body, HttpResponseHeaders Headers)
{
    public string? Text(string member) => Body.GetProperty(member).GetString();
}

/// <summary>The administration on real Kestrel and a real database, over a configuration file and credentials that tests set.</summary>
internal sealed class AdministrationApp : IAsyncDisposable
{
    public const string AdministratorKey = "an-administrator-key-of-forty-characters";
    public const string UserKey = "a-user-of-the-file";

    private readonly TemporaryStorage _storage;
    private readonly bool _ownsStorage;
    private readonly WebApplication _app;
    private readonly HttpClient _client;

    private AdministrationApp(TemporaryStorage storage, bool ownsStorage, WebApplication app)
    {
        _storage = storage;
        _ownsStorage = ownsStorage;
        _app = app;
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public IServiceProvider Services => _app.Services;

    /// <summary>For requests that are not JSON.</summary>
    public HttpClient Http => _client;

    /// <summary>Every endpoint that is mapped.</summary>
    public IEnumerable<RouteEndpoint> Endpoints => ((IEndpointRouteBuilder)_app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>();

    public StubConfiguration Configuration => Services.GetRequiredService<StubConfiguration>();

    public StubCredentialRuntime Runtime => (StubCredentialRuntime)Services.GetRequiredService<ICredentialRuntime>();

    /// <summary>A file with one provider, one credential, one model and one key.</summary>
    public static SluiceConfig DefaultFile { get; } = new()
    {
        Providers =
        [
            new ProviderConfig
            {
                Name = "file-provider",
                Type = "openai",
                BaseUrl = "https://api.openai.com/v1",
                Origin = ConfigOrigin.File,
                Credentials = [new CredentialConfig { Name = "file-credential", ApiKey = new Secret("sk-file-secret"), Origin = ConfigOrigin.File }],
            },
        ],
        Models =
        [
            new ModelConfig { Name = "file/model", Origin = ConfigOrigin.File, Targets = [new TargetConfig { Provider = "file-provider", Model = "gpt-5.1" }] },
        ],
        Keys = [new KeyConfig { Name = "user", Key = new Secret(UserKey) }],
    };

    public static async Task<AdministrationApp> StartAsync(
        SluiceConfig? file = null, string administratorKey = AdministratorKey, TemporaryStorage? storage = null, Action<IEndpointRouteBuilder>? map = null)
    {
        var ownsStorage = storage is null;
        storage ??= new TemporaryStorage();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddStorage(new StorageOptions(storage.Folder));
        builder.Services.AddSingleton(provider => new StubConfiguration(file ?? DefaultFile, provider.GetRequiredService<IConfigurationOverlay>()));
        builder.Services.AddSingleton<IConfigurationSource>(provider => provider.GetRequiredService<StubConfiguration>());
        builder.Services.AddSingleton<ICredentialRuntime, StubCredentialRuntime>();
        builder.Services.AddVirtualServiceAccounts();
        builder.Services.AddApiKeys(new ApiKeyOptions { AdministratorKey = new Secret(administratorKey) });
        builder.Services.AddAccounts(new FirstAdministratorOptions("", default), new PasswordOptions(Cost: 4));
        builder.Services.AddBudgets(new BudgetOptions("test"));
        builder.Services.AddSingleton<Func<RecoveredCall, long?>>(_ => _ => null);
        builder.Services.AddUsage();
        builder.Services.AddPricing();
        builder.Services.AddSingleton<ITargetPrices, NoPrices>();
        builder.Services.AddSingleton<RecentRefusals>();
        builder.Services.AddSingleton<McpServers>();
        builder.Services.AddAdministration(new AdministrationOptions
        {
            ProviderTypes = [new("openai", "https://api.openai.com/v1", false), new("openai-compatible", null, true)],
            Settings = _ => [new SettingOrigin("server.urls", "http://127.0.0.1:8080", ConfigOrigin.Default, "", 0), new SettingOrigin("keys[0].key", "***", ConfigOrigin.File, "sluice.yaml", 7)],
        });
        var app = builder.Build();
        app.Use(async (context, next) =>
        {
            context.Response.Headers["x-request-id"] = "req_test";
            await next(context);
        });
        app.UseClientAddress();
        app.UseRouting();
        app.UseEndpointAccess();
        app.UseAuditTrail();
        app.MapAdministration();
        map?.Invoke(app);
        app.RequirePolicies();
        await app.Services.GetRequiredService<Ledger>().OpenAsync();
        await app.StartAsync();
        return new AdministrationApp(storage, ownsStorage, app);
    }

    public Task<ApiAnswer> GetAsync(string path, string? key = AdministratorKey) => SendAsync(HttpMethod.Get, path, null, key);

    public Task<ApiAnswer> PostAsync(string path, string json = "{}", string? key = AdministratorKey) => SendAsync(HttpMethod.Post, path, json, key);

    public Task<ApiAnswer> PutAsync(string path, string json) => SendAsync(HttpMethod.Put, path, json, AdministratorKey);

    public Task<ApiAnswer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path, null, AdministratorKey);

    public async Task<ApiAnswer> SendAsync(HttpMethod method, string path, string? json, string? key)
    {
        using var request = new HttpRequestMessage(method, path);
        if (key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        using var response = await _client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var body = response.Content.Headers.ContentType?.MediaType is "application/json" or "application/problem+json"
            ? JsonDocument.Parse(text).RootElement
            : JsonSerializer.SerializeToElement(text);
        return new ApiAnswer(response.StatusCode, body, response.Headers);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        if (_ownsStorage)
        {
            _storage.Dispose();
        }
    }

    private sealed class NoPrices : ITargetPrices
    {
        public PriceList? Find(string model, string provider, string upstreamModel) => null;
    }
}
