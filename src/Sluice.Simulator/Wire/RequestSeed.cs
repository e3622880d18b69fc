using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Sluice.Simulator.Answers;

namespace Sluice.Simulator.Wire;

/// <summary>The seed of an answer. Whether it is streamed makes no difference to it.</summary>
internal static class RequestSeed
{
    public static ulong Of(int seed, string model, JsonElement body)
    {
        var hash = new StableHash((ulong)seed);
        hash.Add(model);
        foreach (var member in body.EnumerateObject())
        {
            if (!member.NameEquals("stream"u8) && !member.NameEquals("stream_options"u8))
            {
                hash.Add(Encoding.UTF8.GetBytes(member.Name));
                hash.Add(JsonMarshal.GetRawUtf8Value(member.Value));
            }
        }

        return hash.Value;
    }
}
