using Sluice.Protocol;
using Sluice.StoredResponses;

namespace Sluice.Pipeline;

/// <summary>Decides how a relayed answer can be asked for later.</summary>
internal static class KeepRelayed
{
    /// <summary>The answer's head is here and nothing of it has gone to the client.</summary>
    public static void Begin(GatewayCall call)
    {
        if (call.Keeping is not { } keeping)
        {
            return;
        }

        var provider = call.Target!.Provider;
        if (provider.Serves(Operation.RetrieveResponse))
        {
            keeping.BeginAtVendor(new VendorPlace(provider.Name, call.Slot!.Name), call.Target.Model, call.Tap!.IsStream);
        }
        else if (!keeping.IsTooLarge(call.BodyLength))
        {
            keeping.BeginHere(call.Peek.Conversation.Of(call.Body), call.Tap!.IsStream);
        }
        else if (!call.Committed)
        {
            call.Http.Response.Headers[Translation.DroppedHeader] = "store";
        }
    }
}
