using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.AnthropicMessages;

/// <summary>The Messages API for translation (@anthropic-ai/sdk 1.11.0 typings, wire.md §2.2 to §2.4).</summary>
internal sealed class AnthropicCodec : DialectCodec
{
    public static readonly AnthropicCodec Instance = new();

    public override Dialect Dialect => Dialect.AnthropicMessages;

    public override FieldNames Fields => AnthropicFields.Names;

    public override IDialectReader Reader { get; } = new AnthropicReader();

    public override IDialectWriter Writer { get; } = new AnthropicWriter();

    public override IStreamReader CreateStreamReader(Owner owner, ResponseFraming framing) => new AnthropicStreamReader(owner);

    public override IStreamWriter CreateStreamWriter(WriteContext context) => new AnthropicStreamWriter(context);
}
