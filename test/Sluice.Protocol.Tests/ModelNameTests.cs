using System.Text;

namespace Sluice.Protocol.Tests;

public class ModelNameTests
{
    [Theory]
    [InlineData("gpt-4o", "gpt-4o")]
    [InlineData("a\\u0062c", "abc")]
    [InlineData("meta\\/llama\\\\\\\"", "meta/llama\\\"")]
    [InlineData("模型\\ud83d\\ude00😀", "模型😀😀")]
    [InlineData("\\n\\t\\r\\b\\f", "\n\t\r\b\f")]
    public void TryDecode_NameThatFits_IsUnescaped(string raw, string expected)
    {
        var (decoded, name) = Decode(raw, 64);

        decoded.ShouldBeTrue();
        name.ShouldBe(expected);
    }

    [Theory]
    [InlineData("12345678", true)]
    [InlineData("123456789", false)]
    [InlineData("1234567\\u0038", true)]
    [InlineData("1234567\\u00389", false)]
    [InlineData("1234567😀", false)]
    public void TryDecode_LongerThanTheDestination_IsFalse(string raw, bool expected) => Decode(raw, 8).Decoded.ShouldBe(expected);

    [Fact]
    public void TryDecode_EscapedNameOverAKilobyte_IsFalse() => Decode("\\u0041" + new string('x', 2000), 4096).Decoded.ShouldBeFalse();

    [Fact]
    public void TryDecode_NoModel_IsFalse() => ModelName.TryDecode("{}"u8, default, new char[8], out _).ShouldBeFalse();

    [Theory]
    [InlineData("{\"input\":\"hi\"}", "omni-moderation-latest")]
    [InlineData("{\"input\":\"hi\",\"model\":\"mine\"}", "mine")]
    public void TryDecode_ModerationThatNamesNoModel_MeansTheVendorsDefault(string json, string expected)
    {
        var body = System.Text.Encoding.UTF8.GetBytes(json);
        RequestPeeker.Peek(body, Operation.Moderations, 64, out var peek).ShouldBeNull();
        var name = new char[64];

        ModelName.TryDecode(body, in peek, name, out var length).ShouldBeTrue();

        name.AsSpan(0, length).ToString().ShouldBe(expected);
        ModelName.TryDecode(body, in peek, new char[3], out _).ShouldBeFalse();
    }

    [Fact]
    public void TryDecode_AnyName_AllocatesNothing()
    {
        var body = "{\"model\":\"a\\u0062c\",\"messages\":[]}"u8.ToArray();
        RequestPeeker.Peek(body, Operation.Chat, 64, out var peek).ShouldBeNull();
        var name = new char[16];

        Allocation.Of(() => ModelName.TryDecode(body, peek, name, out _)).ShouldBe(0);
    }

    private static (bool Decoded, string Name) Decode(string raw, int room)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"model":"{{raw}}","messages":[]}""");
        RequestPeeker.Peek(body, Operation.Chat, 64, out var peek).ShouldBeNull();
        var name = new char[room];
        var decoded = ModelName.TryDecode(body, peek, name, out var written);
        return (decoded, new string(name, 0, written));
    }
}
