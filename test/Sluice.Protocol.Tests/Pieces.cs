namespace Sluice.Protocol.Tests;

/// <summary>Cuts bytes as a network would.</summary>
internal static class Pieces
{
    /// <summary>Consecutive pieces of 0 to <paramref name="longest"/> bytes.</summary>
    public static IEnumerable<byte[]> Random(byte[] bytes, Random random, int longest)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var length = Math.Min(random.Next(longest + 1), bytes.Length - at);
            yield return bytes[at..(at + length)];
            at += length;
        }
    }
}
