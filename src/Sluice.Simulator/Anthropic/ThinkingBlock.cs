using System.Text.Json;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.Anthropic;

/// <summary>The thinking of an answer as it is sent: with its signature, without its text, or redacted as a whole.</summary>
/// <param name="Text">The text; empty with <c>display: omitted</c>.</param>
/// <param name="Seal">The signature, or the data of a redacted block.</param>
/// <param name="Redacted">True for <c>redacted_thinking</c>.</param>
internal sealed record ThinkingBlock(string Text, string Seal, bool Redacted)
{
    /// <summary>The block of an answer; null when it has none.</summary>
    public static ThinkingBlock? Of(Call call, Answer answer)
    {
        if (answer.Reasoning.Length == 0)
        {
            return null;
        }

        var signatures = call.Simulation.Signatures;
        if (Thinking.IsRedacted(call.Model))
        {
            return new ThinkingBlock("", signatures.Sign(Thinking.RedactedPurpose, "", call.Ids(-1)), Redacted: true);
        }

        var text = call.Body.Get("thinking").Text("display") == "omitted" ? "" : answer.Reasoning;
        return new ThinkingBlock(text, signatures.Sign(Thinking.SignaturePurpose, text, call.Ids(-1)), Redacted: false);
    }

    /// <summary>Writes the members of the block: whole, or empty as it begins in a stream (a redacted one is never in pieces).</summary>
    public void Write(Utf8JsonWriter json, bool begins = false)
    {
        if (Redacted)
        {
            json.WriteString("type", "redacted_thinking");
            json.WriteString("data", Seal);
            return;
        }

        json.WriteString("type", "thinking");
        json.WriteString("thinking", begins ? "" : Text);
        json.WriteString("signature", begins ? "" : Seal);
    }
}
