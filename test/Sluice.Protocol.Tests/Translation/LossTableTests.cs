using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.Tests.Translation;

public class LossTableTests
{
    [Fact]
    public void Lost_ToItself_IsOnlyWhatTheVendorItselfRefuses()
    {
        LossTable.Lost(Wire.Anthropic, Wire.Anthropic).ShouldBeEmpty();
        LossTable.Lost(Wire.Chat, Wire.Chat).ShouldBe([CanonicalField.TopK]);
    }

    [Fact]
    public void ToMarkdown_Pair_NamesPlacesAndLosses()
    {
        var table = LossTable.ToMarkdown(Wire.Chat, Wire.Anthropic);

        table.ShouldStartWith("| `openai-chat` | `anthropic-messages` |\n|---|---|\n");
        table.ShouldContain("| `stop` | `stop_sequences` |\n");
        table.ShouldContain("| `seed` | dropped |\n");
    }
}
