using System.Text;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.Tests.Wire;

public sealed class SurrogateEscapesTests
{
    [Theory]
    [InlineData("""{"a":"plain é 💧"}""", false)]
    [InlineData("""{"a":"\ud83d\udca7"}""", false)]
    [InlineData("""{"a":"x\u00e9\ud83d\udca7\u00e9"}""", false)]
    [InlineData("""{"a":"\\ud83d"}""", false)]
    [InlineData("""{"a":"\\\\ud83d \n\t"}""", false)]
    [InlineData("""{"a":"\ud83d"}""", true)]
    [InlineData("""{"a":"\ud83dx\udca7"}""", true)]
    [InlineData("""{"a":"\ud83d\ud83d\udca7"}""", true)]
    [InlineData("""{"a":"\udca7"}""", true)]
    [InlineData("""{"a":"\\\ud83d"}""", true)]
    [InlineData("""{"\uD83D":1}""", true)]
    public void HaveLone_Json_FindsHalfCharacters(string json, bool lone) =>
        SurrogateEscapes.HaveLone(Encoding.UTF8.GetBytes(json)).ShouldBe(lone);
}
