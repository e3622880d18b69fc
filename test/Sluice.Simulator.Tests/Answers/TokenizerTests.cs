using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Simulator.Answers;

namespace Sluice.Simulator.Tests.Answers;

public sealed class TokenizerTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("abc", 1)]
    [InlineData("abcd", 1)]
    [InlineData("abcde", 2)]
    [InlineData("éé", 1)]
    [InlineData("ééé", 2)]
    [InlineData("💧", 1)]
    [InlineData("a💧", 2)]
    public void Count_KnownText_FollowsTheStatedRule(string text, int tokens) => Tokenizer.Count(text).ShouldBe(tokens);

    [Fact]
    public void Split_AnyText_KeepsEveryCharacterAndCountsAlike() =>
        Check.QuickThrowOnFailure(Prop.ForAll<NonNull<string>, PositiveInt>((text, size) =>
        {
            var pieces = Tokenizer.Split(text.Get, size.Get).ToList();
            string.Concat(pieces).ShouldBe(text.Get);
            pieces.Sum(Tokenizer.Count).ShouldBe(Tokenizer.Count(text.Get));
            Tokenizer.Take(text.Get, size.Get).ShouldBe(pieces.FirstOrDefault() ?? "");
        }));

    [Fact]
    public void Split_AstralCharacters_NeverCutsOne()
    {
        foreach (var piece in Tokenizer.Split("x💧yé💧💧"))
        {
            Encoding.UTF8.GetByteCount(piece).ShouldBeLessThanOrEqualTo(4);
            piece.ShouldNotContain('\uFFFD');
            char.IsLowSurrogate(piece[0]).ShouldBeFalse();
        }
    }
}
