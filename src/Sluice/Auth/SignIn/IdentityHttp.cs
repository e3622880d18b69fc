using System.Net.Http.Headers;
using System.Text.Json;

namespace Sluice.Auth.SignIn;

/// <summary>Calls of identity providers, whose addresses only the operator sets: bounded in time and size, following no redirect.</summary>
internal sealed class IdentityHttp : IDisposable
{
    private const int LargestAnswer = 1024 * 1024;

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = TimeSpan.FromSeconds(10),
        MaxResponseContentBufferSize = LargestAnswer,
    };

    public Task<JsonElement?> GetAsync(string url, string? bearer, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Authorization = bearer is null ? null : new AuthenticationHeaderValue("Bearer", bearer);
        return SendAsync(request, cancellationToken);
    }

    public Task<JsonElement?> PostAsync(string url, IEnumerable<KeyValuePair<string, string>> form, string? basic, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(form) };
        request.Headers.Authorization = basic is null ? null : new AuthenticationHeaderValue("Basic", basic);
        return SendAsync(request, cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The answer's JSON; null when there is no good one.</summary>
    private async Task<JsonElement?> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var _ = request;
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));

        // GitHub refuses requests without one.
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("sluice", null));
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                return null;
            }

            using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            return document.RootElement.Clone();
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or UriFormatException
            || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }
}

/// <summary>Members of answers, which may be of any kind.</summary>
internal static class AnswerMembers
{
    public static string? Text(this JsonElement json, string name)
        => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;

    public static long? Number(this JsonElement json, string name)
        => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.Number && member.TryGetInt64(out var value)
            ? value : null;

    /// <summary>True for <c>true</c>, and for the text "true", which some providers send.</summary>
    public static bool IsTrue(this JsonElement json, string name)
        => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var member)
            && (member.ValueKind == JsonValueKind.True || (member.ValueKind == JsonValueKind.String && member.GetString() == "true"));

    public static IEnumerable<JsonElement> Items(this JsonElement json) => json.ValueKind == JsonValueKind.Array ? json.EnumerateArray() : [];

    public static IEnumerable<JsonElement> Items(this JsonElement json, string name)
        => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var member) ? member.Items() : [];
}
