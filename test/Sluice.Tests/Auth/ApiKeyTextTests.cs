using Sluice.Auth;

namespace Sluice.Tests.Auth;

public sealed class ApiKeyTextTests
{
    [Fact]
    public void Create_HasThePrefixTheParts_AndItsOwnChecksum()
    {
        var text = ApiKeyText.Create();

        text.ShouldMatch("^sk-sluice-[0-9A-Za-z]{8}_[0-9A-Za-z]{32}_[0-9A-Za-z]{6}$");
        ApiKeyText.IsMistyped(text).ShouldBeFalse();
        ApiKeyText.Create().ShouldNotBe(text);
    }

    [Fact]
    public void IsMistyped_AnyOneCharacterChanged_IsTrue()
    {
        var text = ApiKeyText.Create();
        for (var i = ApiKeyText.Prefix.Length; i < text.Length; i++)
        {
            var changed = text.ToCharArray();
            changed[i] = changed[i] == 'a' ? 'b' : 'a';
            ApiKeyText.IsMistyped(changed).ShouldBeTrue($"at {i}");
        }
    }

    [Theory]
    [InlineData("sk-sluice-", true)]
    [InlineData("sk-sluice-short", true)]
    [InlineData("sk-proj-anything", false)]
    [InlineData("", false)]
    public void IsMistyped_OtherTexts_OnlyThoseWithThePrefix(string text, bool expected)
        => ApiKeyText.IsMistyped(text).ShouldBe(expected);

    [Fact]
    public void IsMistyped_NotAscii_IsTrue()
        => ApiKeyText.IsMistyped(ApiKeyText.Create()[..^1] + "é").ShouldBeTrue();
}
