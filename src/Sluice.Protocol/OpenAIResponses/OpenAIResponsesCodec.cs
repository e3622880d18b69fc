using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.OpenAIResponses;

/// <summary>The Responses API for translation (openai 6.49.0 typings, wire.md §1.2).</summary>
internal sealed class OpenAIResponsesCodec : DialectCodec
{
    public static readonly OpenAIResponsesCodec Instance = new();

    public override Dialect Dialect => Dialect.OpenAIResponses;

    public override FieldNames Fields => ResponsesFields.Names;

    public override IDialectReader Reader { get; } = new ResponsesReader();

    public override IDialectWriter Writer { get; } = new ResponsesWriter();

    public override IStreamReader CreateStreamReader(Owner owner, ResponseFraming framing) => new ResponsesStreamReader(owner);

    public override IStreamWriter CreateStreamWriter(WriteContext context) => new ResponsesStreamWriter(context);
}
