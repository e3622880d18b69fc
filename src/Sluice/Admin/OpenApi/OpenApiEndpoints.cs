using Sluice.Admin.Http;
using Sluice.Auth;

namespace Sluice.Admin.OpenApi;

/// <summary><c>/openapi/v1.json</c> and the page that shows it. The document is made when it is first asked for, not at start.</summary>
internal sealed class OpenApiEndpoints(EndpointDataSource endpoints, IHostEnvironment environment)
{
    private readonly HtmlPage _page = new("docs.html");
    private volatile Task<string>? _document;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapOperation("GET", "/openapi/v1.json", "This description as OpenAPI", GetAsync).WithAccess(Access.Anyone).WithTags("Documentation");
        routes.MapOperation("GET", "/docs", "The API reference as a page", _page.WriteAsync).WithAccess(Access.Anyone).WithTags("Documentation");
    }

    private async Task GetAsync(HttpContext context)
    {
        // Two first requests at once may both make it: the documents are equal.
        var document = _document is { IsFaulted: false } made ? made : _document = DocumentWriter.WriteAsync(endpoints, environment);
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(await document, context.RequestAborted);
    }
}
