using Sluice.Protocol;
using Sluice.Protocol.Canonical;
using Sluice.Providers.Catalogue;

namespace Sluice.Providers.Tests.Catalogue;

public class ModelRuleTablesTests
{
    public static TheoryData<string, Dialect> Catalogues => new()
    {
        { "OpenAI", Dialect.OpenAIResponses },
        { "Anthropic", Dialect.AnthropicMessages },
        { "Gemini", Dialect.GeminiGenerate },
    };

    [Theory]
    [InlineData("gpt-4o-mini", ThinkingStyle.None, "", "", "")]
    [InlineData("gpt-5-chat-latest", ThinkingStyle.None, "", "", "")]
    [InlineData("o3", ThinkingStyle.Effort, "low medium high", "Temperature TopP Stop ParallelToolCalls", "responses")]
    [InlineData("gpt-5-mini-2025-08-07", ThinkingStyle.Effort, "minimal low medium high", "Temperature TopP", "responses")]
    [InlineData("gpt-5-pro", ThinkingStyle.Effort, "high", "Temperature", "responses")]
    [InlineData("gpt-5.1", ThinkingStyle.Effort, "none low medium high", "Temperature", "responses")]
    [InlineData("gpt-5.1-codex-max", ThinkingStyle.Effort, "low medium high xhigh", "Temperature", "responses")]
    [InlineData("gpt-5.3-codex", ThinkingStyle.Effort, "low medium high xhigh", "Temperature", "responses")]
    [InlineData("gpt-5.5", ThinkingStyle.Effort, "none low medium high xhigh", "Temperature", "responses")]
    [InlineData("gpt-5.5-pro", ThinkingStyle.Effort, "medium high xhigh", "Temperature", "responses")]
    [InlineData("gpt-6.1-sol", ThinkingStyle.Effort, "none low medium high xhigh max", "Temperature Logprobs", "responses")]
    public void Find_OpenAIs_AreAsTheVendorSays(string model, ThinkingStyle thinking, string efforts, string rejects, string operation)
    {
        var rules = Check(Dialect.OpenAIChat, model, thinking, efforts, rejects);

        rules.Operation.ShouldBe(operation);
    }

    [Theory]
    [InlineData("claude-opus-5-5", ThinkingStyle.Adaptive, "low medium high xhigh max", "Temperature TopP TopK", "disabled", true, false)]
    [InlineData("claude-fable-5", ThinkingStyle.Adaptive, "low medium high xhigh max", "Temperature", "disabled", true, true)]
    [InlineData("claude-sonnet-5-5", ThinkingStyle.Adaptive, "low medium high xhigh max", "Temperature", "between_tools", false, false)]
    [InlineData("claude-haiku-5-5", ThinkingStyle.Adaptive, "low medium high xhigh max", "Temperature", "disabled", false, true)]
    [InlineData("claude-opus-5", ThinkingStyle.Adaptive, "low medium high xhigh max", "Temperature", "disabled", false, true)]
    [InlineData("claude-opus-4-7@20260416", ThinkingStyle.Adaptive, "low medium high xhigh max", "Temperature", "", false, true)]
    [InlineData("claude-sonnet-4-6", ThinkingStyle.Adaptive, "low medium high max", "", "disabled", false, true)]
    [InlineData("claude-opus-4-5-20251101", ThinkingStyle.Budget, "low medium high", "", "disabled", false, true)]
    [InlineData("claude-sonnet-4-5", ThinkingStyle.Budget, "", "", "disabled", false, true)]
    [InlineData("claude-3-7-sonnet-20250219", ThinkingStyle.Budget, "", "", "disabled", false, true)]
    [InlineData("claude-3-opus-20240229", ThinkingStyle.None, "", "", "disabled", false, true)]
    public void Find_Claudes_AreAsTheVendorSays(string model, ThinkingStyle thinking, string efforts, string rejects, string off, bool always, bool forces)
    {
        var rules = Check(Dialect.AnthropicMessages, model, thinking, efforts, rejects);

        rules.ThinkingOff.ShouldBe(off);
        rules.AlwaysThinks.ShouldBe(always);
        rules.ForcesTools.ShouldBe(forces);
    }

    [Theory]
    [InlineData("gemini-4-argon", ThinkingStyle.Effort, "low medium high", true, null, null)]
    [InlineData("gemini-3.8-flash", ThinkingStyle.Effort, "low medium high", true, null, null)]
    [InlineData("gemini-3.5-flash-lite", ThinkingStyle.Effort, "minimal low medium high", true, null, null)]
    [InlineData("gemini-3.1-pro-preview", ThinkingStyle.Effort, "low medium high", true, null, null)]
    [InlineData("gemini-3-pro-preview", ThinkingStyle.Effort, "low high", true, null, null)]
    [InlineData("gemini-3-pro-image", ThinkingStyle.None, "", true, null, null)]
    [InlineData("gemini-2.5-pro", ThinkingStyle.Budget, "", false, 128L, 32_768L)]
    [InlineData("gemini-2.5-flash", ThinkingStyle.Budget, "", false, null, 24_576L)]
    [InlineData("gemini-2.5-flash-lite", ThinkingStyle.Budget, "", false, 512L, 24_576L)]
    [InlineData("gemini-2.0-flash-001", ThinkingStyle.None, "", false, null, null)]
    public void Find_Geminis_AreAsTheVendorSays(string model, ThinkingStyle thinking, string efforts, bool signs, long? least, long? most)
    {
        var rules = Check(Dialect.GeminiGenerate, model, thinking, efforts, "");

        rules.SignsCalls.ShouldBe(signs);
        rules.LeastThinkingBudget.ShouldBe(least);
        rules.MostThinkingBudget.ShouldBe(most);
    }

    [Fact]
    public void Find_UnknownName_IsNull() => ModelRuleTables.Find(Dialect.AnthropicMessages, "llama-4").ShouldBeNull();

    [Theory]
    [MemberData(nameof(Catalogues))]
    public void Models_ThatAnswer_AreEachNamedByARow(string folder, Dialect dialect)
    {
        string[] answers = ["chat", "responses", "messages", "generate_content"];

        foreach (var model in new ModelCatalogue(folder).Where(model => model.Operations.Intersect(answers).Any()))
        {
            ModelRuleTables.Find(dialect, model.Id).ShouldNotBeNull(model.Id);
        }
    }

    [Theory]
    [MemberData(nameof(Catalogues))]
    public void Rows_EachName_IsReachedByNoRowBefore(string folder, Dialect dialect)
    {
        var rows = new ModelCatalogue(folder).Rows.ToList();

        ModelRuleTables.Find(dialect, rows[^1].Models[0].TrimEnd('*')).ShouldNotBeNull();
        for (var i = 0; i < rows.Count; i++)
        {
            foreach (var name in rows[i].Models.Select(name => name.TrimEnd('*')))
            {
                rows.Take(i).ShouldAllBe(before => !before.Names(name), name);
            }
        }
    }

    private static ModelRules Check(Dialect dialect, string model, ThinkingStyle thinking, string efforts, string rejects)
    {
        var rules = ModelRuleTables.Find(dialect, model).ShouldNotBeNull();
        rules.Thinking.ShouldBe(thinking);
        rules.Efforts.Select(effort => effort.Name()).ShouldBe(efforts.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var named = rejects.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Enum.Parse<CanonicalField>).ToList();
        named.ShouldAllBe(field => rules.Rejects.Contains(field), model);
        (rules.Rejects == default).ShouldBe(named.Count == 0);
        return rules;
    }
}
