using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>Writes the value of <c>generationConfig</c>.</summary>
internal sealed class GeminiConfigWriter(Utf8JsonWriter json, ChatRequest request, FieldSet carried, WriteContext context)
{
    private const int MostStops = 5;
    private const double TemperatureLimit = 2;

    public void Write()
    {
        var thinking = GeminiThinking.Of(request, carried, context);
        var own = GeminiNames.Inside(request.Extensions, GeminiNames.Config, context.Target);
        var ownThinking = GeminiNames.Inside(request.Extensions, GeminiNames.Thinking, context.Target);
        json.WriteStartObject();
        WriteSampling(request.Sampling);
        WriteLimits();
        WriteForm();
        if (thinking is { Budget: not null } or { Level: not null } or { Shows: not null } || ownThinking.Count > 0)
        {
            json.WriteStartObject("thinkingConfig");
            json.WriteIf("thinkingBudget", thinking?.Budget);
            json.WriteIf("thinkingLevel", thinking?.Level);
            json.WriteIf("includeThoughts", thinking?.Shows);
            json.WriteExtensions(ownThinking, context.Target);
            json.WriteEndObject();
        }

        json.WriteExtensions(own, context.Target);
        json.WriteEndObject();
    }

    private bool Has(CanonicalField field) => carried.Contains(field);

    private void WriteSampling(Sampling sampling)
    {
        WriteTemperature(sampling);
        json.WriteIf("topP", Has(CanonicalField.TopP) ? sampling.TopP : null);
        json.WriteIf("topK", Has(CanonicalField.TopK) ? sampling.TopK : null);
        json.WriteIf("presencePenalty", Has(CanonicalField.PresencePenalty) ? sampling.PresencePenalty : null);
        json.WriteIf("frequencyPenalty", Has(CanonicalField.FrequencyPenalty) ? sampling.FrequencyPenalty : null);
        WriteSeed(sampling);
        json.WriteIf("candidateCount", Has(CanonicalField.Choices) || sampling.Choices == 1 ? (long?)sampling.Choices : null);
        json.WriteIf("responseLogprobs", Has(CanonicalField.Logprobs) || GeminiWords.IsOwnClient(context) ? sampling.Logprobs : null);
        json.WriteIf("logprobs", Has(CanonicalField.TopLogprobs) ? (long?)sampling.TopLogprobs : null);
    }

    private void WriteTemperature(Sampling sampling)
    {
        if (!Has(CanonicalField.Temperature) || sampling.Temperature is not { } wish)
        {
            return;
        }

        var temperature = Math.Clamp(wish, 0, context.Rules.MaxTemperature ?? TemperatureLimit);
        if (temperature != wish)
        {
            context.Report.Adjust($"temperature {wish} became {temperature}");
        }

        json.WriteNumber("temperature", temperature);
    }

    /// <summary>Google's seeds have 32 bits; a longer one keeps its low ones, so that the same seed stays the same.</summary>
    private void WriteSeed(Sampling sampling)
    {
        if (!Has(CanonicalField.Seed) || sampling.Seed is not { } seed)
        {
            return;
        }

        if (seed is < int.MinValue or > int.MaxValue)
        {
            context.Report.Adjust($"seed {seed} became {unchecked((int)seed)}");
        }

        json.WriteNumber("seed", unchecked((int)seed));
    }

    private void WriteLimits()
    {
        if (Has(CanonicalField.MaxOutputTokens) && request.MaxOutputTokens is { } wish)
        {
            var most = Math.Min(wish, context.Rules.MaxOutputTokens ?? long.MaxValue);
            if (most < wish)
            {
                context.Report.Adjust($"{wish} output tokens became {most}");
            }

            json.WriteNumber("maxOutputTokens", most);
        }

        if (!Has(CanonicalField.Stop))
        {
            return;
        }

        if (request.Stop.Count > MostStops)
        {
            context.Report.Drop(CanonicalField.Stop, context.Client);
            context.Report.Adjust($"only the first {MostStops} stop texts were kept");
        }

        json.WriteIfAny("stopSequences", [.. request.Stop.Take(MostStops)]);
    }

    private void WriteForm()
    {
        json.WriteIfAny("responseModalities", [.. request.Modalities.Where(IsTaken).Select(word => word.ToUpperInvariant())]);
        switch (request.Format?.Kind)
        {
            case OutputFormatKind.JsonSchema when Has(CanonicalField.JsonSchemaOutput):
                json.WriteString("responseMimeType", "application/json");
                json.WriteRaw("responseJsonSchema", request.Format.Schema);
                break;
            case OutputFormatKind.JsonObject when Has(CanonicalField.JsonObjectOutput):
                json.WriteString("responseMimeType", "application/json");
                break;
            case OutputFormatKind.Text when GeminiWords.IsOwnClient(context):
                json.WriteString("responseMimeType", "text/plain");
                break;
            default:
                break;
        }
    }

    private bool IsTaken(string modality) => modality switch
    {
        "image" => Has(CanonicalField.ImageOutput),
        "audio" => Has(CanonicalField.AudioOutput),
        _ => true,
    };
}
