namespace Sluice.Protocol.Canonical;

/// <summary>Decides what of a request a writer may write, and reports the rest.</summary>
internal static class CarriedFields
{
    /// <summary>The fields that the request uses, the dialect has a place for and the model does not reject.</summary>
    /// <param name="request">The request.</param>
    /// <param name="target">What the target's dialect has a place for.</param>
    /// <param name="context">The model's rules, and the report that takes what is left out.</param>
    public static FieldSet Of(ChatRequest request, FieldNames target, WriteContext context)
    {
        var used = RequestFields.Of(request);
        var carried = new FieldSet(used.Bits & target.Supported.Bits).Except(context.Rules.Rejects);
        // A model that refuses a member does by itself what the member's default asks for.
        var lost = used.Except(carried).Except(new FieldSet(RequestFields.AtDefault(request.Sampling).Bits & target.Supported.Bits));
        foreach (var field in lost.Fields)
        {
            context.Report.Drop(field, context.Client);
        }

        ReportExtensions(request, context);
        return carried;
    }

    private static void ReportExtensions(ChatRequest request, WriteContext context)
    {
        context.Report.DropForeign(request.Extensions, context.Target);
        foreach (var tool in request.Tools)
        {
            context.Report.DropForeign(tool.Extensions, context.Target);
        }

        foreach (var message in request.Messages)
        {
            context.Report.DropForeign(message.Extensions, context.Target);
            ReportBlocks(message.Content, context);
        }
    }

    private static void ReportBlocks(IReadOnlyList<ContentBlock> blocks, WriteContext context)
    {
        foreach (var block in blocks)
        {
            context.Report.DropForeign(block.Extensions, context.Target);
            if (block is not ReasoningBlock && block.Signature is { Data.Length: > 0 } signature && !signature.Owner.Accepts(context.Target))
            {
                context.Report.Drop(CanonicalField.Signatures, context.Client);
            }

            switch (block)
            {
                case ToolResultBlock result:
                    ReportBlocks(result.Content, context);
                    break;
                case OpaqueBlock opaque when !opaque.Owner.Accepts(context.Target):
                    context.Report.Drop(opaque.Type);
                    break;
                case ServerToolCallBlock call when !call.Owner.Accepts(context.Target):
                case ServerToolResultBlock result when !result.Owner.Accepts(context.Target):
                    context.Report.Drop(CanonicalField.ServerToolCalls, context.Client);
                    break;
                default:
                    break;
            }
        }
    }
}
