using System.Text;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;
using Sluice.Protocol.Tests.Translation;

namespace Sluice.Protocol.Tests.Canonical;

public class CanonicalModelTests
{
    [Theory]
    [InlineData("call_1", "call_1")]
    [InlineData("toolu_01T1x1fJ34qAmk2tNTrN7Up6", "toolu_01T1x1fJ34qAmk2tNTrN7Up6")]
    public void Fit_IdThatFits_StaysAsItIs(string id, string expected) => ToolCallIds.Fit(id, 40).ShouldBe(expected);

    [Theory]
    [InlineData("")]
    [InlineData("functions.f:0")]
    [InlineData("ünïcode")]
    [InlineData("0123456789012345678901234567890123456789x")]
    public void Fit_IdThatDoesNot_BecomesOneThatDoesAndStays(string id)
    {
        var fitting = ToolCallIds.Fit(id, 40);

        fitting.ShouldMatch("^[A-Za-z0-9_-]{1,40}$");
        ToolCallIds.Fit(fitting, 40).ShouldBe(fitting);
        ToolCallIds.Fit(id, 40).ShouldBe(fitting);
    }

    [Fact]
    public void ToEffort_EveryEffort_InvertsToBudget()
    {
        foreach (var effort in Enum.GetValues<ReasoningEffort>())
        {
            ReasoningBudgets.ToEffort(ReasoningBudgets.ToBudget(effort)).ShouldBe(effort);
        }

        ReasoningBudgets.ToEffort(-1).ShouldBe(ReasoningEffort.None);
        ReasoningBudgets.ToEffort(long.MaxValue).ShouldBe(ReasoningEffort.Max);
    }

    [Theory]
    [InlineData(ReasoningEffort.Max, ReasoningEffort.High)]
    [InlineData(ReasoningEffort.None, ReasoningEffort.Low)]
    [InlineData(ReasoningEffort.Medium, ReasoningEffort.Low)]
    public void Nearest_EffortTheModelLacks_IsTheNextLower(ReasoningEffort wish, ReasoningEffort expected) =>
        new[] { ReasoningEffort.Low, ReasoningEffort.High }.Nearest(wish).ShouldBe(expected);

    [Fact]
    public void FieldSet_HoldsEveryField()
    {
        var all = Enum.GetValues<CanonicalField>();

        all.Length.ShouldBeLessThanOrEqualTo(64);
        FieldSet.Of(all).Fields.ShouldBe(all);
        FieldSet.Of(all).Except(FieldSet.Of(all)).ShouldBe(default);
    }

    [Theory]
    [InlineData("""{"model":1,"messages":[]}""", "model")]
    [InlineData("""{"model":"m","messages":{}}""", "messages")]
    [InlineData("""{"model":"m","messages":[{"content":"x"}]}""", "messages")]
    [InlineData("""{"model":"m","messages":[{"role":"robot","content":"x"}]}""", "role")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":7}]}""", "content")]
    [InlineData("""{"model":"m","messages":[],"temperature":1e999}""", "temperature")]
    [InlineData("""{"model":"m","messages":[],"tool_choice":"maybe"}""", "tool_choice")]
    [InlineData("""{"model":"m","messages":[],"stream":"yes"}""", "stream")]
    [InlineData("""{"model":"m","messages":[""", null)]
    [InlineData("""[]""", null)]
    [InlineData("", null)]
    public void TryReadRequest_BrokenMember_IsNamed(string json, string? member)
    {
        Wire.Chat.Reader.TryReadRequest(Encoding.UTF8.GetBytes(json), out _, out var error).ShouldBeFalse();

        error!.Code.ShouldBe(TranslationErrors.InvalidMember);
        error.Status.ShouldBe(400);
        error.Param.ShouldBe(member);
    }

    [Fact]
    public void TryReadRequest_HalfASurrogatePair_IsRepaired() =>
        ((TextBlock)Wire.Request(Wire.Chat, """{"model":"m","messages":[{"role":"user","content":"a\ud83d"}]}""").Messages[0].Content[0]).Text.ShouldStartWith("a\uFFFD");

    [Fact]
    public void TryReadResponse_ErrorInsideASuccess_NamesTheKindAndNoAccount()
    {
        var body = Encoding.UTF8.GetBytes("""{"type":"error","error":{"type":"overloaded_error","message":"org-123 is overloaded"}}""");

        Wire.Anthropic.Reader.TryReadResponse(body, new Owner(Dialect.AnthropicMessages), out _, out var error).ShouldBeFalse();

        error!.Kind.ShouldBe(ErrorKind.Unavailable);
        error.Message.ShouldNotContain("org-123");
    }

    [Theory]
    [InlineData("data:image/png;base64,AA==", "image/png", "AA==")]
    [InlineData("data:text/plain;charset=utf-8,a%20b", "text/plain", "YSBi")]
    [InlineData("data:;base64,AA==", null, "AA==")]
    public void TryParse_DataUrl_GivesTypeAndBase64(string url, string? type, string base64)
    {
        DataUrl.TryParse(Encoding.UTF8.GetBytes(url), out var mediaType, out var data).ShouldBeTrue();

        mediaType.ShouldBe(type);
        Encoding.ASCII.GetString(data.Span).ShouldBe(base64);
    }

    [Theory]
    [InlineData("https://a,b")]
    [InlineData("data:image/png")]
    [InlineData("")]
    public void TryParse_AnotherUrl_IsFalse(string url) => DataUrl.TryParse(Encoding.UTF8.GetBytes(url), out _, out _).ShouldBeFalse();

    [Theory]
    [InlineData("{}", true)]
    [InlineData(" [1, {\"a\":null}] ", true)]
    [InlineData("{} {}", false)]
    [InlineData("{", false)]
    [InlineData("", false)]
    [InlineData("nul", false)]
    public void IsValue_AnyBytes_SaysWhetherTheyAreJson(string json, bool expected) => JsonCursor.IsValue(Encoding.UTF8.GetBytes(json)).ShouldBe(expected);

    [Fact]
    public void Report_RepeatedDrops_AreNamedOnce()
    {
        var sut = new TranslationReport();
        sut.Drop("a");
        sut.Drop("b");
        sut.Drop("a");
        sut.Refuse("first", "x");
        sut.Refuse("second");

        sut.Header.ShouldBe("a, b");
        sut.Refused!.Param.ShouldBe("x");
    }
}
