using System.Text.Json;
using Sluice.TestKit.Raw;
using Sluice.TestKit.Upstream;
using Sluice.TestKit.Vendors;

namespace Sluice.Tests.Integration;

/// <summary>Connections and buffers are shared between calls; what belongs to one call never turns up in another.</summary>
public sealed class CrosstalkTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    private const int Workers = 24;
    private const int CallsEach = 25;

    [Fact]
    public async Task Calls_InParallelWithClientsThatLeave_EachGetsItsOwnAnswer()
    {
        var lane = gateway.NextLane();
        lane.First.Always(Echo);

        var served = await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(() => WorkAsync(lane, worker))));

        served.Sum().ShouldBeGreaterThan(Workers * CallsEach / 2);
        foreach (var request in lane.First.Requests)
        {
            request.Header("x-api-key").ShouldBeNull();
            Marker(request).ShouldNotBeNull();
        }
    }

    [Fact]
    public async Task Requests_OnOneConnectionWithDifferentKeys_AreJudgedEachByItsOwn()
    {
        var lane = gateway.NextLane();
        using var client = await RawClient.ConnectAsync(gateway.Sluice.Address);
        (string Header, string Status)[] requests =
        [
            ($"authorization: Bearer {GatewayFixture.Key}", "200"),
            ("authorization: Bearer sk-wrong-0123456789abcdef01234567", "401"),
            ($"authorization: Bearer {GatewayFixture.NarrowKey}", "403"),
            ($"authorization: Bearer {GatewayFixture.Key}", "200"),
            ($"x-api-key: {GatewayFixture.NarrowKey}", "403"),
            ($"x-api-key: {GatewayFixture.Key}", "200"),
            ("x-unrelated: 1", "401"),
            ($"api-key: {GatewayFixture.Key}x", "401"),
            ($"api-key: {GatewayFixture.Key[..^1]}", "401"),
            ($"x-goog-api-key: {GatewayFixture.Key}", "200"),
        ];
        var seen = 0;
        foreach (var (header, status) in requests)
        {
            await client.SendAsync(RawClient.Post("/v1/chat/completions", OpenAIChatWire.Request(lane.Chat), header));
            var text = await ReadAnswerAsync(client, seen);

            text.ShouldStartWith($"HTTP/1.1 {status}", Case.Sensitive, $"{header}: {text}");
            seen += text.Length;
        }

        lane.First.Requests.Count.ShouldBe(4);
    }

    private async Task<int> WorkAsync(Lane lane, int worker)
    {
        using var client = gateway.Sluice.Client(GatewayFixture.Key);
        var random = new Random(worker);
        var served = 0;
        for (var call = 0; call < CallsEach; call++)
        {
            var marker = $"marker-{worker}-{call}-{new string((char)('a' + worker), random.Next(1, 3_000))}.";
            var stream = random.Next(2) == 0;
            var body = OpenAIChatWire.Request(lane.Chat, stream).Replace("say hello", marker, StringComparison.Ordinal);
            if (random.Next(4) == 0)
            {
                await using var left = await client.OpenAsync("/v1/chat/completions", body);
                continue;
            }

            var reply = await client.PostAsync("/v1/chat/completions", body);
            reply.Status.ShouldBe(200, reply.Text);
            var text = stream
                ? string.Concat(reply.Events.Where(e => !e.IsDone).SelectMany(e => e.Json.GetProperty("choices").EnumerateArray())
                    .Select(c => c.GetProperty("delta").TryGetProperty("content", out var piece) ? piece.GetString() : ""))
                : reply.Json.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString();
            text.ShouldBe(marker);
            served++;
        }

        return served;
    }

    /// <summary>Says back what it was told, streamed in pieces where it was asked to.</summary>
    private static UpstreamAnswer Echo(RecordedRequest request)
    {
        var marker = Marker(request)!;
        if (!request.Json.TryGetProperty("stream", out var stream) || stream.ValueKind != JsonValueKind.True)
        {
            return UpstreamAnswer.Json(OpenAIChatWire.Completion(marker));
        }

        var pieces = marker.Chunk(200).Select(piece => OpenAIChatWire.Delta(new string(piece)));
        return UpstreamAnswer.Sse([OpenAIChatWire.RoleDelta(), .. pieces, OpenAIChatWire.Finish(), OpenAIChatWire.UsageChunk(), OpenAIChatWire.Done]);
    }

    private static string? Marker(RecordedRequest request) => request.Json.GetProperty("messages")[0].GetProperty("content").GetString();

    /// <summary>One answer with a content length, from where the last one ended.</summary>
    private static async Task<string> ReadAnswerAsync(RawClient client, int from)
    {
        while (true)
        {
            var rest = client.Received[from..];
            var head = rest.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (head >= 0)
            {
                var length = System.Text.RegularExpressions.Regex.Match(rest[..head], "(?i)content-length: ([0-9]+)");
                var whole = head + 4 + int.Parse(length.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
                if (rest.Length >= whole)
                {
                    return rest[..whole];
                }
            }

            await client.ReadMoreAsync();
        }
    }
}
