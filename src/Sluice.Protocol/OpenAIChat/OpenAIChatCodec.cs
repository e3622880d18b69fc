using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.OpenAIChat;

/// <summary>Chat Completions for translation (openai 6.49.0 typings, wire.md §1.1).</summary>
internal sealed class OpenAIChatCodec : DialectCodec
{
    public static readonly OpenAIChatCodec Instance = new();

    public override Dialect Dialect => Dialect.OpenAIChat;

    public override FieldNames Fields => ChatFields.Names;

    public override IDialectReader Reader { get; } = new ChatReader();

    public override IDialectWriter Writer { get; } = new ChatWriter();

    public override IStreamReader CreateStreamReader(Owner owner, ResponseFraming framing) => new ChatStreamReader(owner);

    public override IStreamWriter CreateStreamWriter(WriteContext context) => new ChatStreamWriter(context);
}
