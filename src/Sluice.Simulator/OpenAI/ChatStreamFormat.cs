using System.Text;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.OpenAI;

/// <summary>Data-only events; an error is a chunk of its own, and no <c>[DONE]</c> follows it.</summary>
internal sealed class ChatStreamFormat : StreamFormat
{
    public static readonly ChatStreamFormat Instance = new();

    public override byte[] ErrorFrame(VendorError error, string requestId, int eventsSent) =>
        Encoding.UTF8.GetBytes($"data: {JsonText.Write(json => OpenAIJson.WriteError(json, error))}\n\n");
}
