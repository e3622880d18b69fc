using System.Net;
using System.Text;

namespace Sluice.Simulator.Tests;

public sealed class SimulatorServerTests(SimulatorFixture simulator) : IClassFixture<SimulatorFixture>
{
    [Fact]
    public async Task Head_Root_Is200WithoutACredential()
    {
        using var client = new HttpClient { BaseAddress = simulator.Client.BaseAddress };
        using var response = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/"));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("/v1/chat/completions", "\"param\":null")]
    [InlineData("/v1/responses", "\"param\":null")]
    [InlineData("/v1/embeddings", "\"param\":null")]
    [InlineData("/v1/messages", "authentication_error")]
    [InlineData("/v1beta/models/x:generateContent", "UNAUTHENTICATED")]
    public async Task Post_NoCredential_Is401InTheVendorsWords(string path, string word)
    {
        using var client = new HttpClient { BaseAddress = simulator.Client.BaseAddress };
        using var response = await client.PostAsync(path, new StringContent("{}", Encoding.UTF8, "application/json"));

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await response.Content.ReadAsStringAsync()).ShouldContain(word);
    }

    [Theory]
    [InlineData("authorization", "Bearer k", "")]
    [InlineData("x-api-key", "k", "")]
    [InlineData("x-goog-api-key", "k", "")]
    [InlineData("api-key", "k", "")]
    [InlineData("accept", "*/*", "?key=k")]
    public async Task Get_AnyCarrier_IsAccepted(string header, string value, string query)
    {
        using var client = new HttpClient { BaseAddress = simulator.Client.BaseAddress };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models" + query);
        request.Headers.TryAddWithoutValidation(header, value);
        using var response = await client.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task StartAsync_SameSeed_AnswersTheSameAfterARestart()
    {
        var texts = new List<string>();
        foreach (var seed in (int[])[5, 5, 6])
        {
            await using var server = await SimulatorServer.StartAsync(new SimulatorOptions { Seed = seed, Time = new ManualTime() }, "http://127.0.0.1:0", CancellationToken.None);
            using var client = new HttpClient { BaseAddress = server.Address };
            client.DefaultRequestHeaders.Add("x-api-key", "k");
            using var response = await client.PostAsync("/v1/messages", new StringContent(
                """{"model":"claude-think","max_tokens":500,"stream":true,"messages":[{"role":"user","content":"hello"}]}""", Encoding.UTF8, "application/json"));
            texts.Add(await response.Content.ReadAsStringAsync());
        }

        texts[1].ShouldBe(texts[0]);
        texts[2].ShouldNotBe(texts[0]);
    }

    [Fact]
    public async Task DisposeAsync_OpenStream_EndsAtOnce()
    {
        var server = await SimulatorServer.StartAsync(new SimulatorOptions(), "http://127.0.0.1:0", CancellationToken.None);
        using var client = new HttpClient { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Add("x-api-key", "k");
        using var response = await client.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, "/v1/responses") { Content = new StringContent("""{"model":"m.stall","stream":true,"input":"hello"}""") },
            HttpCompletionOption.ResponseHeadersRead);

        await server.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(5));

        await Should.ThrowAsync<Exception>(() => response.Content.ReadAsStringAsync());
    }
}
