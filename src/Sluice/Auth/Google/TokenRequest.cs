using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace Sluice.Auth.Google;

/// <summary>Reads what is sent to the token endpoint: a form, or a JSON object, which some libraries send; the client also as Basic.</summary>
internal static class TokenRequest
{
    /// <summary>Ample for an assertion; bounds what a stranger can make us read.</summary>
    private const int LargestBody = 32 * 1024;

    private static readonly GrantError TooLarge = GrantError.InvalidRequest($"The body is larger than {LargestBody} bytes.");
    private static readonly GrantError Unreadable = GrantError.InvalidRequest("The body must be a form (application/x-www-form-urlencoded) or a JSON object of texts, each member once.");

    /// <summary>The members of the request, or why they cannot be read.</summary>
    public static async Task<(Dictionary<string, string>? Form, GrantError? Error)> ReadAsync(HttpRequest request)
    {
        var (body, error) = await ReadBodyAsync(request);
        if (body is null)
        {
            return (null, error);
        }

        var form = request.HasJsonContentType() ? ParseJson(body) : ParseForm(body);
        if (form is null)
        {
            return (null, Unreadable);
        }

        return TakeBasic(request, form) ? (form, null) : (null, GrantError.InvalidRequest("The client names itself twice, and differently. Send its id and secret in one place."));
    }

    private static async Task<(byte[]? Body, GrantError? Error)> ReadBodyAsync(HttpRequest request)
    {
        if (request.ContentLength > LargestBody)
        {
            return (null, TooLarge);
        }

        var buffer = new byte[LargestBody + 1];
        var length = 0;
        int read;
        while ((read = await request.Body.ReadAsync(buffer.AsMemory(length), request.HttpContext.RequestAborted)) > 0)
        {
            length += read;
            if (length > LargestBody)
            {
                return (null, TooLarge);
            }
        }

        // The last bytes may have come on the thread that serves all sockets, and signatures take time.
        await Task.Yield();
        return (buffer[..length], null);
    }

    private static Dictionary<string, string>? ParseForm(byte[] body)
    {
        var form = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in new QueryStringEnumerable(Encoding.UTF8.GetString(body)))
        {
            if (!form.TryAdd(pair.DecodeName().ToString(), pair.DecodeValue().ToString()))
            {
                return null;
            }
        }

        return form;
    }

    private static Dictionary<string, string>? ParseJson(byte[] body)
    {
        try
        {
            var json = JsonElement.Parse(body, new JsonDocumentOptions { MaxDepth = 4, AllowDuplicateProperties = false });
            if (json.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            var form = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var member in json.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.String))
            {
                form.Add(member.Name, member.Value.GetString()!);
            }

            return form;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Takes id and secret from <c>Authorization: Basic</c>; false when the body says something else.</summary>
    private static bool TakeBasic(HttpRequest request, Dictionary<string, string> form)
    {
        const string Scheme = "Basic ";
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || header.Length > LargestBody)
        {
            return true;
        }

        var bytes = new byte[header.Length];
        if (!Convert.TryFromBase64String(header[Scheme.Length..].Trim(), bytes, out var length))
        {
            return true;
        }

        var text = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 || (Take("client_id", Uri.UnescapeDataString(text[..colon])) && Take("client_secret", Uri.UnescapeDataString(text[(colon + 1)..])));

        bool Take(string name, string value) => form.TryAdd(name, value) || form[name] == value;
    }
}
