using System.Security.Cryptography;

namespace Sluice.Admin;

/// <summary>
/// A page of the assembly in one file: nothing is loaded from elsewhere, and the content security policy lets only the page's
/// own script and style run, which carry a nonce of this answer.
/// </summary>
internal sealed class HtmlPage(string name)
{
    private const string NoncePlace = "{{nonce}}";

    private readonly Lazy<string> _text = new(() => Load(name));

    public Task WriteAsync(HttpContext context)
    {
        var nonce = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";

        // The setup link holds a token.
        headers["referrer-policy"] = "no-referrer";
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(_text.Value.Replace(NoncePlace, nonce, StringComparison.Ordinal), context.RequestAborted);
    }

    private static string Load(string name)
    {
        using var reader = new StreamReader(typeof(HtmlPage).Assembly.GetManifestResourceStream("pages/" + name)!);
        return reader.ReadToEnd();
    }
}
