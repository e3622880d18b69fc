using Sluice.Protocol.Canonical;
using Sluice.Protocol.Tests.Translation;

namespace Sluice.Protocol.Tests.GeminiGenerate;

/// <summary>Gemini's codec, and its streams in either framing.</summary>
internal static class GeminiWire
{
    public static readonly DialectCodec Gemini = DialectCodec.For(Dialect.GeminiGenerate);

    /// <summary>Conversations of Google's own need no marks in place of signatures.</summary>
    public static readonly ModelRules Unsigned = new() { SignsCalls = false };

    public static WriteContext ToGemini(ModelRules? rules = null) => Wire.To(Gemini) with { Rules = rules ?? Unsigned };

    /// <summary>What the reader says of a stream that comes in these pieces, in the reader's own order.</summary>
    public static List<StreamEvent> ReadRaw(IEnumerable<byte[]> pieces, ResponseFraming framing)
    {
        using var reader = Gemini.CreateStreamReader(new Owner(Dialect.GeminiGenerate), framing);
        var events = new List<StreamEvent>();
        foreach (var piece in pieces)
        {
            reader.Read(piece, events);
        }

        reader.Complete(events);
        return events;
    }

    /// <summary>The legal events of such a stream, and what had to be repaired.</summary>
    public static List<StreamEvent> Read(IEnumerable<byte[]> pieces, ResponseFraming framing, out IReadOnlyList<string> repairs)
    {
        var sequencer = new BlockSequencer();
        var legal = new List<StreamEvent>();
        foreach (var streamEvent in ReadRaw(pieces, framing))
        {
            sequencer.Add(streamEvent, legal);
        }

        sequencer.Complete(legal);
        repairs = sequencer.Repairs;
        return legal;
    }
}
