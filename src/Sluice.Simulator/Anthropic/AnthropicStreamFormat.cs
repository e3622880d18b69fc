using Sluice.Simulator.Wire;

namespace Sluice.Simulator.Anthropic;

/// <summary>Named events; an <c>error</c> event is the last, no <c>message_stop</c> follows it.</summary>
internal sealed class AnthropicStreamFormat : StreamFormat
{
    public static readonly AnthropicStreamFormat Instance = new();

    public override byte[] ErrorFrame(VendorError error, string requestId, int eventsSent) =>
        [.. "event: error\ndata: "u8, .. AnthropicVendor.Instance.ErrorBody(error, requestId), .. "\n\n"u8];
}
