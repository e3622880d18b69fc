using System.Text;
using Sluice.Pricing;
using Sluice.Pricing.Import;
using Sluice.Protocol.Canonical;

namespace Sluice.Tests.Pricing.Import;

public class CatalogueImportTests
{
    private static readonly DateOnly Day = new(2026, 11, 20);

    /// <summary>Entries as https://github.com/BerriAI/litellm has them in model_prices_and_context_window.json.</summary>
    private const string LiteLlm = """
        {
          "sample_spec": {"litellm_provider": "one of https://docs.litellm.ai/docs/providers", "max_input_tokens": "text", "input_cost_per_token": 0.0},
          "gpt-5.1": {"litellm_provider": "openai", "mode": "chat", "max_input_tokens": 272000, "max_output_tokens": 128000,
            "input_cost_per_token": 1.25e-06, "output_cost_per_token": 1e-05, "cache_read_input_token_cost": 1.25e-07,
            "input_cost_per_token_priority": 2.5e-06, "output_cost_per_token_priority": 2e-05, "input_cost_per_token_flex": 6.25e-07,
            "search_context_cost_per_query": {"search_context_size_low": 0.01, "search_context_size_medium": 0.01, "search_context_size_high": 0.025}},
          "gemini/gemini-2.5-pro": {"litellm_provider": "gemini", "input_cost_per_token": 1.25e-06, "output_cost_per_token": 1e-05,
            "input_cost_per_token_above_200k_tokens": 2.5e-06, "output_cost_per_token_above_200k_tokens": 1.5e-05},
          "claude-x": {"litellm_provider": "anthropic", "input_cost_per_token": 3e-06, "output_cost_per_token": 1.5e-05,
            "cache_creation_input_token_cost": 3.75e-06, "cache_creation_input_token_cost_above_1hr": 6e-06, "cache_read_input_token_cost": 3e-07},
          "gpt-audio": {"litellm_provider": "openai", "input_cost_per_token": 2.5e-06, "output_cost_per_token": 1e-05,
            "input_cost_per_audio_token": 4e-05, "output_cost_per_audio_token": 8e-05},
          "hd/1024-x-1792/dall-e-3": {"litellm_provider": "openai", "mode": "image_generation", "input_cost_per_pixel": 6.539e-08, "output_cost_per_pixel": 0.0},
          "high/1024-x-1024/gpt-image-1": {"litellm_provider": "openai", "mode": "image_generation", "input_cost_per_image": 0.167},
          "gpt-image-1": {"litellm_provider": "openai", "mode": "image_generation", "input_cost_per_token": 5e-06, "output_cost_per_image_token": 4e-05},
          "whisper-1": {"litellm_provider": "openai", "mode": "audio_transcription", "input_cost_per_second": 0.0001, "output_cost_per_second": 0.0001},
          "tts-1": {"litellm_provider": "openai", "mode": "audio_speech", "input_cost_per_character": 1.5e-05},
          "mistral/mistral-ocr": {"litellm_provider": "mistral", "mode": "ocr", "ocr_cost_per_page": 0.001},
          "gemini/veo-3": {"litellm_provider": "gemini", "mode": "video_generation", "output_cost_per_second": 0.4},
          "vertex_ai/gemini-x": {"litellm_provider": "vertex_ai-language-models", "input_cost_per_token": 1e-06},
          "fireworks_ai/accounts/fireworks/models/llama": {"litellm_provider": "fireworks_ai", "input_cost_per_token": 9e-07},
          "free": {"litellm_provider": "groq", "input_cost_per_token": 0.0, "output_cost_per_token": 0.0},
          "nothing": {"litellm_provider": "groq", "mode": "chat"}
        }
        """;

    [Fact]
    public void Read_LiteLlm_TakesEveryKindOfPriceExactly()
    {
        var import = Read(LiteLlm);

        (import.Source, import.WithoutPrice).ShouldBe(("litellm", 1));
        import.Refused.ShouldBeEmpty();
        var chat = Find(import, "openai", "gpt-5.1");
        (chat.Price.Input, chat.Price.Output, chat.Price.CacheRead, chat.Price.WebSearch).ShouldBe((1.25m, 10m, 0.125m, 0.025m));
        (chat.Price.Priority!.Input, chat.Price.Priority.Output, chat.Price.Flex!.Input, chat.Price.Batch).ShouldBe((2.5m, 20m, 0.625m, null));
        (chat.ContextTokens, chat.MaxOutputTokens, chat.Id).ShouldBe((272_000, 128_000, "import:litellm/gpt-5.1@2026-11-20"));
        var pro = Find(import, "gemini", "gemini-2.5-pro").Price;
        (pro.LongContext!.AboveInputTokens, pro.LongContext.Input, pro.LongContext.Output).ShouldBe((200_000, 2.5m, 15m));
        var claude = Find(import, "anthropic", "claude-x").Price;
        (claude.CacheWrite5m, claude.CacheWrite1h, claude.CacheRead).ShouldBe((3.75m, 6m, 0.3m));
        var audio = Find(import, "openai", "gpt-audio").Price;
        (audio.AudioInput, audio.AudioOutput).ShouldBe((40m, 80m));
        Find(import, "openai", "whisper-1").Price.Second.ShouldBe(0.0001m);
        Find(import, "openai", "tts-1").Price.Character.ShouldBe(15m);
        Find(import, "mistral", "mistral-ocr").Price.Page.ShouldBe(0.001m);
        Find(import, "gemini", "veo-3").Price.Second.ShouldBe(0.4m);
        Find(import, "vertex", "gemini-x").Price.Input.ShouldBe(1m);
        Find(import, "fireworks", "accounts/fireworks/models/llama").Price.Input.ShouldBe(0.9m);
        Find(import, "groq", "free").Price.Output.ShouldBe(0m);
    }

    /// <summary>DALL·E 3 in HD at 1024×1792 is $0.120, GPT Image 1 at high quality $0.167: https://developers.openai.com/api/docs/pricing.</summary>
    [Fact]
    public void Read_LiteLlmImages_ArePricedBySizeAndQuality()
    {
        var import = Read(LiteLlm);

        PriceList.From(Find(import, "openai", "dall-e-3").Price)!.CostOfImages("1024x1792", "hd", 1)!.Value.ShouldBeInRange(119_980_000, 120_020_000);
        var image = PriceList.From(Find(import, "openai", "gpt-image-1").Price)!;
        image.CostOfImages("1024x1024", "high", 2).ShouldBe(334_000_000);
        image.Cost(new TokenUsage { Input = 1_000_000, ImageOutput = 1_000_000 }).ShouldBe(45_000_000_000);
    }

    /// <summary>Models as https://models.dev/api.json has them.</summary>
    [Fact]
    public void Read_ModelsDev_TakesCostsAndTheirBound()
    {
        var import = Read("""
            {
              "openai": {"id": "openai", "models": {"gpt-5.5": {"id": "gpt-5.5", "limit": {"context": 1050000, "output": 128000},
                "cost": {"input": 5, "output": 30, "cache_read": 0.5, "tiers": [{"input": 10, "output": 45, "cache_read": 1, "tier": {"type": "context", "size": 272000}}], "context_over_200k": {"input": 10, "output": 45}}}}},
              "google": {"id": "google", "models": {
                "gemini-a": {"cost": {"input": 0.3, "output": 2.5, "input_audio": 1, "output_audio": 12, "reasoning": 3.5, "cache_write": 0.4, "context_over_200k": {"input": 0.6}}},
                "gemini-b": {"name": "without a price"}}}
            }
            """);

        (import.Source, import.Prices.Count, import.WithoutPrice, import.Refused.Count).ShouldBe(("models-dev", 2, 1, 0));
        var one = Find(import, "openai", "gpt-5.5");
        (one.Price.LongContext!.AboveInputTokens, one.Price.LongContext.Output, one.ContextTokens, one.Id)
            .ShouldBe((272_000, 45m, 1_050_000, "import:models-dev/openai/gpt-5.5@2026-11-20"));
        var other = Find(import, "gemini", "gemini-a").Price;
        (other.AudioInput, other.AudioOutput, other.Reasoning, other.CacheWrite5m, other.LongContext!.AboveInputTokens).ShouldBe((1m, 12m, 3.5m, 0.4m, 200_000));
    }

    [Theory]
    [InlineData("\"input_cost_per_token\": -1e-06", "input_cost_per_token is negative")]
    [InlineData("\"input_cost_per_token\": 1", "is absurd")]
    [InlineData("\"input_cost_per_token\": 1e400", "is larger than any price")]
    [InlineData("\"input_cost_per_token\": 1e-40", "is smaller than any price")]
    [InlineData("\"input_cost_per_token\": \"0.1\"", "is not a number")]
    [InlineData("\"input_cost_per_token\": true", "is not a number")]
    [InlineData("\"output_cost_per_image\": 5000", "is absurd")]
    [InlineData("\"input_cost_per_token\": 1e-06, \"tiered_pricing\": [{}]", "tiered_pricing")]
    [InlineData("\"input_cost_per_token_above_128k_tokens\": 1e-06, \"input_cost_per_token_above_200k_tokens\": 1e-06", "128 and 200")]
    [InlineData("\"input_cost_per_token_above_0k_tokens\": 1e-06", "sensible")]
    [InlineData("\"search_context_cost_per_query\": {\"search_context_size_low\": -1}", "is negative")]
    public void Read_PriceThatCannotBe_RefusesTheEntryAndKeepsTheRest(string members, string reason)
    {
        var import = Read($$$"""{"bad": {"litellm_provider": "openai", {{{members}}}}, "good": {"litellm_provider": "openai", "input_cost_per_token": 1e-06}}""");

        import.Refused.ShouldHaveSingleItem().Name.ShouldBe("bad");
        import.Refused[0].Reason.ShouldContain(reason);
        import.Prices.ShouldHaveSingleItem().Model.ShouldBe("good");
    }

    [Fact]
    public void Read_TwoEntriesOfOneModel_TakesTheFirstAndNamesTheOther()
    {
        var import = Read("""
            {"m": {"litellm_provider": "groq", "input_cost_per_token": 1e-06}, "groq/m": {"litellm_provider": "groq", "input_cost_per_token": 2e-06},
             "n": {"litellm_provider": "groq", "input_cost_per_token": 1e-06}, "groq/n": {"litellm_provider": "groq", "input_cost_per_token": 1.0e-06}}
            """);

        import.Refused.ShouldHaveSingleItem().ShouldBe(new RefusedEntry("groq/m", "m gives the same model another price"));
        Find(import, "groq", "m").Price.Input.ShouldBe(1m);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"a": {"b": 1}}""")]
    public void Read_NoCatalogue_Throws(string json) => Should.Throw<CatalogueException>(() => Read(json));

    [Theory]
    [InlineData("litellm", """{"a": 1, "b": {}, "c": {"litellm_provider": 5}}""", 3)]
    [InlineData("models-dev", """{"a": 1, "b": {}, "c": {"models": {"d": 5, "e": {"cost": 7}}}}""", 4)]
    public void Read_EntriesOfAnotherForm_AreRefusedOneByOne(string format, string json, int refused) =>
        CatalogueImport.Read(Encoding.UTF8.GetBytes(json), format, Day).Refused.Count.ShouldBe(refused);

    /// <summary>0.1 has no binary form: each of these would be off by a nano through a double.</summary>
    [Theory]
    [InlineData("1e-07", 100_000_000)]
    [InlineData("1.1e-06", 1_100_000_000)]
    [InlineData("0.00000123456789", 1_234_567_890)]
    [InlineData("2.999999999999999e-06", 3_000_000_000)]
    public void Read_AnySpellingOfANumber_IsExact(string number, long nanoPerMillion)
    {
        var import = Read($$$"""{"m": {"litellm_provider": "openai", "input_cost_per_token": {{{number}}}}}""");

        PriceList.From(Find(import, "openai", "m").Price)!.Cost(new TokenUsage { Input = 1_000_000 }).ShouldBe(nanoPerMillion);
    }

    private static CatalogueImport Read(string json) => CatalogueImport.Read(Encoding.UTF8.GetBytes(json), null, Day);

    private static ImportedPrice Find(CatalogueImport import, string provider, string model) =>
        import.Prices.Single(price => price.Provider == provider && price.Model == model);
}
