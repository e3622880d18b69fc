using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary><c>generateContent</c> for translation (@google/genai 2.32.0 typings, wire.md §3.2 to §3.6).</summary>
internal sealed class GeminiCodec : DialectCodec
{
    public static readonly GeminiCodec Instance = new();

    public override Dialect Dialect => Dialect.GeminiGenerate;

    public override FieldNames Fields => GeminiFields.Names;

    public override IDialectReader Reader { get; } = new GeminiReader();

    public override IDialectWriter Writer { get; } = new GeminiWriter();

    public override IStreamReader CreateStreamReader(Owner owner, ResponseFraming framing) =>
        framing == ResponseFraming.JsonArray ? new GeminiArrayStreamReader(owner) : new GeminiStreamReader(owner);

    public override IStreamWriter CreateStreamWriter(WriteContext context) => new GeminiStreamWriter(context);
}
