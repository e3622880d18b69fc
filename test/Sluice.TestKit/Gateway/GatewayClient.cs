using System.Text;

namespace Sluice.TestKit.Gateway;

/// <summary>A plain HTTP client of the gateway: sends exactly what it is given, decodes nothing, follows nothing.</summary>
public sealed class GatewayClient(Uri address, string? key = null) : IDisposable
{
    private static readonly string[] CredentialHeaders = ["authorization", "x-api-key", "x-goog-api-key", "api-key"];

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        MaxConnectionsPerServer = 1000,
    })
    {
        BaseAddress = address,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>The same address without a credential.</summary>
    public GatewayClient Anonymous() => new(address);

    public Task<GatewayReply> GetAsync(string path, params IEnumerable<(string Name, string Value)> headers)
        => SendAsync(HttpMethod.Get, path, null, headers);

    public Task<GatewayReply> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path, null, []);

    public Task<GatewayReply> PostAsync(string path, string body, params IEnumerable<(string Name, string Value)> headers)
        => PostAsync(path, Encoding.UTF8.GetBytes(body), headers);

    public Task<GatewayReply> PostAsync(string path, byte[] body, params IEnumerable<(string Name, string Value)> headers)
        => SendAsync(HttpMethod.Post, path, body, headers);

    /// <summary>Sends and reads the answer to its end. A credential is added unless the headers or the query bring one.</summary>
    public async Task<GatewayReply> SendAsync(HttpMethod method, string path, byte[]? body, IEnumerable<(string Name, string Value)> headers)
    {
        await using var stream = await OpenAsync(method, path, body, headers);
        return await stream.ReadToEndAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>Sends and returns as soon as the head of the answer is here.</summary>
    public Task<OpenReply> OpenAsync(string path, string body, params IEnumerable<(string Name, string Value)> headers)
        => OpenAsync(HttpMethod.Post, path, Encoding.UTF8.GetBytes(body), headers);

    /// <summary>Sends a request without a body and returns as soon as the head of the answer is here.</summary>
    public Task<OpenReply> OpenAsync(HttpMethod method, string path, params IEnumerable<(string Name, string Value)> headers)
        => OpenAsync(method, path, null, headers);

    public void Dispose() => _http.Dispose();

    private async Task<OpenReply> OpenAsync(HttpMethod method, string path, byte[]? body, IEnumerable<(string Name, string Value)> headers)
    {
        using var request = new HttpRequestMessage(method, path);
        var list = headers.ToList();
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            if (!list.Exists(h => h.Name.Equals("content-type", StringComparison.OrdinalIgnoreCase)))
            {
                request.Content.Headers.TryAddWithoutValidation("content-type", "application/json");
            }
        }

        // Under /api a parameter named key is a filter.
        var inQuery = path.StartsWith("/v1", StringComparison.Ordinal) && path.Contains("key=", StringComparison.Ordinal);
        if (key is not null && !inQuery && !list.Exists(h => CredentialHeaders.Contains(h.Name, StringComparer.OrdinalIgnoreCase)))
        {
            list.Add(("authorization", $"Bearer {key}"));
        }

        foreach (var (name, value) in list)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content!.Headers.TryAddWithoutValidation(name, value);
            }
        }

        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WithinAsync($"an answer to {method} {path}", TimeSpan.FromSeconds(30));
        return new OpenReply(response, await response.Content.ReadAsStreamAsync());
    }
}
