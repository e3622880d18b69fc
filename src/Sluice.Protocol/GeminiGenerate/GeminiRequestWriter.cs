using System.Buffers;
using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>Writes the members of one request.</summary>
internal sealed class GeminiRequestWriter(Utf8JsonWriter json, ChatRequest request, WriteContext context)
{
    private const int LongestLabel = 63;
    private static readonly SearchValues<char> LabelCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-");

    private readonly FieldSet _carried = CarriedFields.Of(request, GeminiFields.Names, context);

    public void Write()
    {
        json.WriteStartObject();
        new GeminiContentWriter(json, _carried, context).Write(request.Messages);
        WriteConfig();
        new GeminiToolWriter(json, request, _carried, context).Write();
        WriteTier();
        WriteStore();
        WriteLabels();
        json.WriteExtensions(GeminiNames.Inside(request.Extensions, "", context.Target), context.Target);
        json.WriteEndObject();
    }

    /// <summary>Left out when there is nothing to say in it, which is known once it is written.</summary>
    private void WriteConfig()
    {
        var output = new ArrayBufferWriter<byte>();
        using (var config = new Utf8JsonWriter(output, WireWriting.Options))
        {
            new GeminiConfigWriter(config, request, _carried, context).Write();
        }

        var written = new RawJson(output.WrittenMemory);
        if (written != RawJson.EmptyObject)
        {
            json.WriteRaw("generationConfig", written);
        }
    }

    private void WriteTier()
    {
        // The best that the account pays for is what Google gives unasked.
        if (request.ServiceTier is not { } tier || tier == ServiceLevel.Auto || !_carried.Contains(CanonicalField.ServiceTier))
        {
            return;
        }

        if (GeminiWords.FromTier(tier) is { } word)
        {
            json.WriteString("serviceTier", word);
        }
        else
        {
            context.Report.Drop(CanonicalField.ServiceTier, context.Client);
        }
    }

    /// <summary>Google's cloud refuses the member that the Gemini API takes.</summary>
    private void WriteStore()
    {
        if (!_carried.Contains(CanonicalField.Store))
        {
            return;
        }

        if (context.Target.Platform == GeminiWords.Vertex && !GeminiWords.IsOwnClient(context))
        {
            context.Report.Drop(CanonicalField.Store, context.Client);
        }
        else
        {
            json.WriteIf("store", request.State.Store);
        }
    }

    /// <summary>Only Google's cloud takes labels, and only in small letters.</summary>
    private void WriteLabels()
    {
        if (!_carried.Contains(CanonicalField.Metadata))
        {
            return;
        }

        if (!GeminiWords.IsOwnClient(context) && !(context.Target.Platform == GeminiWords.Vertex && request.Metadata.All(pair => IsLabel(pair.Key) && IsLabel(pair.Value))))
        {
            context.Report.Drop(CanonicalField.Metadata, context.Client);
            return;
        }

        json.WriteStartObject("labels");
        foreach (var (name, value) in request.Metadata)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
    }

    private static bool IsLabel(string text) => text.Length <= LongestLabel && !text.AsSpan().ContainsAnyExcept(LabelCharacters);
}
