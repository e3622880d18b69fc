using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Sluice.Simulator.Tests.OpenAI;

/// <summary>Completions, embeddings, moderations and models.</summary>
public sealed class OneShotTests(SimulatorFixture simulator) : IClassFixture<SimulatorFixture>
{
    [Fact]
    public async Task PostCompletions_TwoPromptsTwoChoices_HasFour()
    {
        var answer = await simulator.PostJsonAsync("/v1/completions", """{"model":"x","prompt":["one","two"],"n":2}""");

        answer.GetProperty("object").GetString().ShouldBe("text_completion");
        answer.GetProperty("choices").GetArrayLength().ShouldBe(4);
        answer.GetProperty("choices")[3].GetProperty("finish_reason").GetString().ShouldBe("length");
        answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32().ShouldBe(64);
    }

    [Fact]
    public async Task PostCompletions_Streamed_SaysWhatTheWholeAnswerSays()
    {
        const string body = """{"model":"x","prompt":"one","echo":true,"max_tokens":30""";
        var whole = await simulator.PostJsonAsync("/v1/completions", body + "}");
        var events = await simulator.PostStreamAsync("/v1/completions", body + ""","stream":true,"stream_options":{"include_usage":true}}""");

        events[^1].Data.ShouldBe("[DONE]");
        var text = string.Concat(events.SkipLast(2).Select(e => e.Json.GetProperty("choices")[0].GetProperty("text").GetString()));
        text.ShouldBe(whole.GetProperty("choices")[0].GetProperty("text").GetString());
        text.ShouldStartWith("one");
        events[^2].Json.GetProperty("usage").GetProperty("completion_tokens").GetInt32().ShouldBe(30);
    }

    [Fact]
    public async Task PostEmbeddings_FloatAndBase64_AreTheSameUnitVector()
    {
        var floats = await simulator.PostJsonAsync("/v1/embeddings", """{"model":"text-embedding-3-small","input":["green heron"],"dimensions":64}""");
        var base64 = await simulator.PostJsonAsync("/v1/embeddings", """{"model":"text-embedding-3-small","input":"green heron","dimensions":64,"encoding_format":"base64"}""");

        var vector = floats.GetProperty("data")[0].GetProperty("embedding").EnumerateArray().Select(value => value.GetSingle()).ToArray();
        vector.Length.ShouldBe(64);
        vector.Sum(value => value * value).ShouldBe(1, 1e-4);
        MemoryMarshal.Cast<byte, float>(base64.GetProperty("data")[0].GetProperty("embedding").GetBytesFromBase64()).ToArray().ShouldBe(vector);
        floats.GetProperty("usage").GetProperty("prompt_tokens").GetInt32().ShouldBe(3);
    }

    [Theory]
    [InlineData("text-embedding-3-large", 3072)]
    [InlineData("text-embedding-3-small", 1536)]
    [InlineData("sim-embed", 256)]
    public async Task PostEmbeddings_NoDimensions_HasTheModels(string model, int dimensions)
    {
        var answer = await simulator.PostJsonAsync("/v1/embeddings", $$"""{"model":"{{model}}","input":[[1,2,3],[4]]}""");

        answer.GetProperty("data").EnumerateArray().ShouldAllBe(item => item.GetProperty("embedding").GetArrayLength() == dimensions);
        answer.GetProperty("usage").GetProperty("prompt_tokens").GetInt32().ShouldBe(4);
    }

    [Theory]
    [InlineData("""{"model":"x"}""")]
    [InlineData("""{"model":"x","input":[]}""")]
    [InlineData("""{"model":"x","input":""}""")]
    [InlineData("""{"model":"x","input":"a","dimensions":100000}""")]
    [InlineData("""{"model":"x","input":"a","encoding_format":"hex"}""")]
    public async Task PostEmbeddings_BadRequest_Is400(string body) =>
        await simulator.PostJsonAsync("/v1/embeddings", body, HttpStatusCode.BadRequest);

    [Fact]
    public async Task PostModerations_Texts_FlagsByWord()
    {
        var results = (await simulator.PostJsonAsync("/v1/moderations", """{"input":["a heron","I will murder"]}""")).GetProperty("results");

        results[0].GetProperty("flagged").GetBoolean().ShouldBeFalse();
        results[1].GetProperty("flagged").GetBoolean().ShouldBeTrue();
        results[1].GetProperty("categories").GetProperty("violence").GetBoolean().ShouldBeTrue();
        results[1].GetProperty("categories").EnumerateObject().Count().ShouldBe(13);
        results[1].GetProperty("category_scores").GetProperty("violence").GetDouble().ShouldBeGreaterThan(0.5);
    }

    [Fact]
    public async Task GetModels_NoVendorsHeader_IsOpenAIsList()
    {
        var list = JsonDocument.Parse(await simulator.Client.GetStringAsync("/v1/models")).RootElement;

        list.GetProperty("object").GetString().ShouldBe("list");
        list.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()).ShouldBe(SimulatorModels.All.Select(model => model.Id));
        using var unknown = await simulator.Client.GetAsync("/v1/models/unknown-1");
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }
}
