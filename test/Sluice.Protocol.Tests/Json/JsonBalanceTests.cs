using Sluice.Protocol.Json;

namespace Sluice.Protocol.Tests.Json;

public class JsonBalanceTests
{
    [Theory]
    [InlineData("", false, true)]
    [InlineData(" \n\t", false, true)]
    [InlineData("{", true, false)]
    [InlineData("{}", false, false)]
    [InlineData("""{"a":[1,{"b":"]}"}""", true, false)]
    [InlineData("""{"a":[1,{"b":"]}"}]}""", false, false)]
    [InlineData("\"a", true, false)]
    [InlineData("\"a\\\"", true, false)]
    [InlineData("\"a\\\\\"", false, false)]
    [InlineData("5", false, false)]
    public void Add_CutAnywhere_TellsTheSame(string text, bool isOpen, bool isBlank)
    {
        for (var piece = 1; piece <= Math.Max(1, text.Length); piece++)
        {
            var sut = new JsonBalance();
            foreach (var part in text.Chunk(piece))
            {
                sut.Add(part);
            }

            sut.IsOpen.ShouldBe(isOpen);
            sut.IsBlank.ShouldBe(isBlank);
        }
    }
}
