using System.Runtime.InteropServices;

namespace Sluice.Simulator.Answers;

/// <summary>FNV-1a, 64 bits: the same on every machine, and fed in pieces.</summary>
internal struct StableHash(ulong seed)
{
    private const ulong Prime = 0x100000001B3;

    public ulong Value { get; private set; } = 0xCBF29CE484222325 ^ (seed * Prime);

    public void Add(ReadOnlySpan<byte> bytes)
    {
        var hash = Value;
        foreach (var b in bytes)
        {
            hash = (hash ^ b) * Prime;
        }

        // A step of its own keeps "ab" + "c" apart from "a" + "bc".
        Value = (hash ^ 0xFF) * Prime;
    }

    public void Add(string text) => Add(MemoryMarshal.AsBytes(text.AsSpan()));

    public static ulong Of(ulong seed, string text)
    {
        var hash = new StableHash(seed);
        hash.Add(text);
        return hash.Value;
    }
}
