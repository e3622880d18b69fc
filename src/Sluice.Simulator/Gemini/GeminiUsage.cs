using System.Text.Json;
using Sluice.Simulator.Faults;

namespace Sluice.Simulator.Gemini;

/// <summary>A call's counts as Google reports them: thoughts beside the candidates, not in them.</summary>
internal readonly record struct GeminiUsage(int Prompt, int Candidates, int Thoughts)
{
    public GeminiUsage? Reported(UsageFault fault) => fault switch
    {
        UsageFault.Missing => null,
        UsageFault.Wrong => new GeminiUsage(Prompt * 10, Candidates * 10, Thoughts * 10),
        _ => this,
    };

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("usageMetadata");
        json.WriteNumber("promptTokenCount", Prompt);
        if (Candidates > 0)
        {
            json.WriteNumber("candidatesTokenCount", Candidates);
        }

        json.WriteNumber("totalTokenCount", Prompt + Candidates + Thoughts);
        json.WriteStartArray("promptTokensDetails");
        json.WriteStartObject();
        json.WriteString("modality", "TEXT");
        json.WriteNumber("tokenCount", Prompt);
        json.WriteEndObject();
        json.WriteEndArray();
        if (Thoughts > 0)
        {
            json.WriteNumber("thoughtsTokenCount", Thoughts);
        }

        json.WriteEndObject();
    }
}
