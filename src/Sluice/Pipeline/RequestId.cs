using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Sluice.Pipeline;

/// <summary>Ids of requests: <c>req_</c> and 128 random bits in base 32. Randomness is drawn in blocks, because a draw costs more than an id.</summary>
internal static class RequestId
{
    private const int BlockBytes = 1024;
    private const string Digits = "0123456789abcdefghjkmnpqrstvwxyz";

    [ThreadStatic]
    private static byte[]? t_block;

    [ThreadStatic]
    private static int t_used;

    public static string Next()
    {
        var block = t_block;
        if (block is null || t_used == BlockBytes)
        {
            t_block = block ??= new byte[BlockBytes];
            RandomNumberGenerator.Fill(block);
            t_used = 0;
        }

        var value = BinaryPrimitives.ReadUInt128LittleEndian(block.AsSpan(t_used, 16));
        t_used += 16;
        return string.Create(30, value, static (text, bits) =>
        {
            "req_".CopyTo(text);
            for (var i = 4; i < text.Length; i++)
            {
                text[i] = Digits[(int)(bits & 31)];
                bits >>= 5;
            }
        });
    }
}
