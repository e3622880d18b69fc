using Microsoft.AspNetCore.Http;

namespace Sluice.Simulator.Wire;

/// <summary>Any credential in any vendor's carrier will do; none is refused.</summary>
internal static class CallerCredential
{
    private static readonly string[] Headers = ["x-api-key", "x-goog-api-key", "api-key"];

    public static string? Find(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        var space = authorization.IndexOf(' ', StringComparison.Ordinal);
        if (space > 0 && authorization.AsSpan(space).Trim().Length > 0)
        {
            return authorization[(space + 1)..];
        }

        foreach (var name in Headers)
        {
            if (request.Headers[name].ToString() is { Length: > 0 } value)
            {
                return value;
            }
        }

        return request.Query["key"].ToString() is { Length: > 0 } key ? key : null;
    }
}
