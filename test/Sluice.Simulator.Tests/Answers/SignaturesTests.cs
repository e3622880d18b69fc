using Sluice.Simulator.Answers;

namespace Sluice.Simulator.Tests.Answers;

public sealed class SignaturesTests
{
    private readonly Signatures _sut = new(1);
    private readonly SeededRandom _random = new(7);

    [Fact]
    public void Verify_OwnSignature_IsTrue() => _sut.Verify("purpose", "content", _sut.Sign("purpose", "content", _random)).ShouldBeTrue();

    [Fact]
    public void Verify_AnyOneCharacterAltered_IsFalse()
    {
        var token = _sut.Sign("purpose", "content", _random);
        for (var i = 0; i < token.Length; i++)
        {
            var altered = token.ToCharArray();
            altered[i] = altered[i] == 'A' ? 'B' : 'A';
            _sut.Verify("purpose", "content", new string(altered)).ShouldBeFalse($"position {i}");
        }
    }

    [Theory]
    [InlineData("other", "content")]
    [InlineData("purpose", "Content")]
    public void Verify_OtherPurposeOrContent_IsFalse(string purpose, string content) =>
        _sut.Verify(purpose, content, _sut.Sign("purpose", "content", _random)).ShouldBeFalse();

    [Fact]
    public void Verify_SignatureOfAnotherSeed_IsFalse() =>
        _sut.Verify("purpose", "content", new Signatures(2).Sign("purpose", "content", _random)).ShouldBeFalse();

    [Theory]
    [InlineData("")]
    [InlineData("not base64!")]
    [InlineData("AAAA")]
    public void Verify_Nonsense_IsFalse(string token) => _sut.Verify("purpose", "content", token).ShouldBeFalse();
}
