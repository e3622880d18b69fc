using System.Net;
using System.Text;
using System.Text.Json;

namespace Sluice.Simulator.Tests;

/// <summary>A simulator on a loopback port, and calls to it.</summary>
public sealed class SimulatorFixture : IAsyncLifetime
{
    private SimulatorServer? _server;

    public HttpClient Client { get; } = new() { Timeout = TimeSpan.FromSeconds(20) };

    public async Task InitializeAsync()
    {
        _server = await SimulatorServer.StartAsync(new SimulatorOptions(), "http://127.0.0.1:0", CancellationToken.None);
        Client.BaseAddress = _server.Address;
        Client.DefaultRequestHeaders.Add("x-api-key", "test");
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await _server!.DisposeAsync();
    }

    /// <summary>Posts JSON and waits for the headers only.</summary>
    public Task<HttpResponseMessage> PostAsync(string path, string json, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>Posts JSON and reads the answer, which must have the status.</summary>
    public async Task<JsonElement> PostJsonAsync(string path, string json, HttpStatusCode status = HttpStatusCode.OK, params (string Name, string Value)[] headers)
    {
        using var response = await PostAsync(path, json, headers);
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(status, text);
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Posts JSON and reads the server-sent events of the answer.</summary>
    public async Task<IReadOnlyList<SseEvent>> PostStreamAsync(string path, string json, params (string Name, string Value)[] headers)
    {
        using var response = await PostAsync(path, json, headers);
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        return SseEvent.Parse(text);
    }
}
