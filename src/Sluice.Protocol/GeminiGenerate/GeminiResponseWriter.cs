using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>Writes one <c>GenerateContentResponse</c>.</summary>
internal sealed class GeminiResponseWriter(Utf8JsonWriter json, WriteContext context)
{
    private readonly GeminiAnswerParts _parts = new(json, context);

    public void Write(ChatResponse response)
    {
        json.WriteStartObject();
        // A prompt that was refused has no candidates; its promptFeedback stands among the extensions.
        var choices = response.Choices.Where(choice => choice.Finish.NativeFor(Dialect.GeminiGenerate) != GeminiWords.PromptFeedback).ToList();
        if (choices.Count > 0 || response.Choices.Count == 0)
        {
            json.WriteStartArray("candidates");
            foreach (var choice in choices)
            {
                WriteCandidate(choice);
            }

            json.WriteEndArray();
        }

        GeminiUsage.Write(json, response.Usage, response.Extensions);
        json.WriteString("modelVersion", context.Model ?? response.Model);
        json.WriteString("responseId", response.Id.Length > 0 ? response.Id : context.ResponseId);
        json.WriteExtensions([.. response.Extensions.Where(extension => extension.Name != GeminiUsage.Kept)], context.Target);
        json.WriteEndObject();
    }

    private void WriteCandidate(ChatChoice choice)
    {
        var blocks = choice.Content.Where(block => GeminiAnswerParts.Shows(block, context.Report)).ToList();
        json.WriteStartObject();
        json.WriteStartObject("content");
        json.WriteStartArray("parts");
        foreach (var block in blocks)
        {
            _parts.Write(block);
        }

        json.WriteEndArray();
        json.WriteString("role", "model");
        json.WriteExtensions(choice.MessageExtensions, context.Target);
        json.WriteEndObject();
        json.WriteString("finishReason", GeminiWords.FromFinish(choice.Finish));
        json.WriteIf("finishMessage", choice.Finish.Explanation);
        json.WriteNumber("index", choice.Index);
        GroundingOf(blocks).Write(json, choice.Grounding);
        if (choice.Logprobs.Count > 0 && !choice.Extensions.Any(extension => extension.Name == GeminiLogprobs.Member && extension.Owner.Accepts(context.Target)))
        {
            GeminiLogprobs.Write(json, choice.Logprobs);
        }

        json.WriteExtensions(choice.Extensions, context.Target);
        json.WriteEndObject();
    }

    private static GeminiGroundingWriter GroundingOf(List<ContentBlock> blocks)
    {
        var grounding = new GeminiGroundingWriter();
        for (var part = 0; part < blocks.Count; part++)
        {
            if (blocks[part] is TextBlock text)
            {
                foreach (var citation in text.Citations)
                {
                    grounding.Add(citation, text.Text, part, 0);
                }
            }
        }

        return grounding;
    }
}
