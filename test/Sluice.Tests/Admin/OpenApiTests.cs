using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Sluice.Auth;

namespace Sluice.Tests.Admin;

public sealed class OpenApiTests : IAsyncLifetime
{
    private AdministrationApp _app = null!;
    private JsonElement _document;

    public async Task InitializeAsync()
    {
        _app = await AdministrationApp.StartAsync(map: routes =>
        {
            routes.MapPost("/v1/chat/completions", (RequestDelegate)(_ => Task.CompletedTask)).WithAccess(Access.Pipeline).WithSummary("Chat").WithTags("openai-chat");
            routes.MapMethods("/health", ["GET", "HEAD"], () => Results.Ok()).WithAccess(Access.Anyone).WithSummary("Health").Produces<string>();
            routes.MapGet("/v1/models/{**model}", (RequestDelegate)(_ => Task.CompletedTask)).WithAccess(Access.Pipeline);
        });
        _document = (await _app.GetAsync("/openapi/v1.json", key: null)).Body;
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Theory]
    [InlineData("/api/admin/api-keys", "get,post")]
    [InlineData("/api/admin/api-keys/{id}", "delete,get,patch,put")]
    [InlineData("/api/admin/providers", "get,post")]
    [InlineData("/api/admin/providers/{id}", "delete,get,put")]
    [InlineData("/api/admin/credentials", "get,post")]
    [InlineData("/api/admin/credentials/{id}", "delete,get,patch,put")]
    [InlineData("/api/admin/credentials/import", "post")]
    [InlineData("/api/admin/credentials/test", "post")]
    [InlineData("/api/admin/credentials/{id}/test", "post")]
    [InlineData("/api/admin/credentials/{id}/enable", "post")]
    [InlineData("/api/admin/credentials/{id}/disable", "post")]
    [InlineData("/api/admin/credentials/{id}/drain", "post")]
    [InlineData("/api/admin/credentials/{id}/refresh", "post")]
    [InlineData("/api/admin/virtual-service-accounts", "get,post")]
    [InlineData("/api/admin/virtual-service-accounts/{id}", "delete,get")]
    [InlineData("/api/admin/virtual-service-accounts/{id}/disable", "post")]
    [InlineData("/api/admin/virtual-service-accounts/{id}/enable", "post")]
    [InlineData("/api/admin/virtual-service-accounts/{id}/rotate", "post")]
    [InlineData("/api/admin/virtual-service-accounts/{id}/authorization-codes", "post")]
    [InlineData("/api/admin/models", "get,post")]
    [InlineData("/api/admin/models/{id}", "delete,get,put")]
    [InlineData("/api/admin/usage/records", "get")]
    [InlineData("/api/admin/usage/summary", "get")]
    [InlineData("/api/admin/mcp", "get")]
    [InlineData("/api/admin/mcp/{id}", "get")]
    [InlineData("/api/admin/config", "get")]
    [InlineData("/api/admin/config/reload", "post")]
    [InlineData("/api/setup", "post")]
    [InlineData("/setup", "get")]
    [InlineData("/docs", "get")]
    [InlineData("/openapi/v1.json", "get")]
    [InlineData("/v1/chat/completions", "post")]
    [InlineData("/v1/models/{model}", "get")]
    [InlineData("/health", "get")]
    public void Document_ListsEveryOperation(string path, string methods)
        => string.Join(',', _document.GetProperty("paths").GetProperty(path).EnumerateObject().Select(method => method.Name).Order()).ShouldBe(methods);

    [Fact]
    public void Document_Security_IsGlobalAndEmptyOnlyWhereAnyoneMayCall()
    {
        JsonSerializer.Serialize(_document.GetProperty("security")).ShouldBe("""[{"api_key":[]}]""");
        var open = from path in _document.GetProperty("paths").EnumerateObject()
                   from method in path.Value.EnumerateObject()
                   where method.Value.TryGetProperty("security", out var security) && security.GetArrayLength() == 0
                   select path.Name;
        open.Order(StringComparer.Ordinal).ShouldBe(
        [
            "/.well-known/jwks.json", "/api/auth/callback", "/api/auth/login", "/api/auth/login", "/api/auth/password-reset", "/api/auth/password-reset/confirm",
            "/api/auth/refresh", "/api/auth/register", "/api/auth/verify-email", "/api/setup", "/docs", "/health", "/openapi/v1.json", "/setup", "/token",
        ]);
    }

    [Fact]
    public void Document_OperationIds_AreUnique()
    {
        var ids = (from path in _document.GetProperty("paths").EnumerateObject()
                   from method in path.Value.EnumerateObject()
                   select method.Value.GetProperty("operationId").GetString()).ToList();

        ids.Distinct().Count().ShouldBe(ids.Count);
    }

    [Fact]
    public void Document_Schemas_HaveTheNamesOfTheWireAndEveryReferenceExists()
    {
        var schemas = _document.GetProperty("components").GetProperty("schemas");
        schemas.GetProperty("UsageRecordItem").GetProperty("properties").TryGetProperty("client_request_id", out _).ShouldBeTrue();
        schemas.GetProperty("UsageRecordItem").GetProperty("properties").TryGetProperty("position", out _).ShouldBeFalse();
        schemas.GetProperty("UsageRecordItemPage").GetProperty("properties").GetProperty("data").GetProperty("items").GetProperty("$ref").GetString()
            .ShouldBe("#/components/schemas/UsageRecordItem");
        schemas.GetProperty("CreateCredentialBody").GetProperty("properties").TryGetProperty("max_concurrency", out _).ShouldBeTrue();
        foreach (System.Text.RegularExpressions.Match reference in System.Text.RegularExpressions.Regex.Matches(_document.GetRawText(), "\"#/components/schemas/([^\"]+)\""))
        {
            schemas.TryGetProperty(reference.Groups[1].Value, out _).ShouldBeTrue(reference.Value);
        }
    }

    [Fact]
    public void Document_Parameters_AreDescribed()
    {
        var names = _document.GetProperty("paths").GetProperty("/api/admin/usage/records").GetProperty("get").GetProperty("parameters")
            .EnumerateArray().Select(parameter => parameter.GetProperty("name").GetString());
        names.ShouldBe(["cursor", "limit", "key", "model", "from", "to"]);
    }
}
