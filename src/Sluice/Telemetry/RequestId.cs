using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Sluice.Telemetry;

/// <summary>Ids of requests: <c>req_</c> and 128 random bits in base 32. Randomness is drawn in blocks, because a draw costs more than an id.</summary>
internal static class RequestId
{
    /// <summary>The header that every answer carries it in.</summary>
    public const string Header = "x-request-id";

    private const int BlockBytes = 1024;
    private const string Digits = "0123456789abcdefghjkmnpqrstvwxyz";

    [ThreadStatic]
    private static byte[]? Block;

    [ThreadStatic]
    private static int Used;

    public static string Next()
    {
        var block = Block;
        if (block is null || Used == BlockBytes)
        {
            Block = block ??= new byte[BlockBytes];
            RandomNumberGenerator.Fill(block);
            Used = 0;
        }

        var value = BinaryPrimitives.ReadUInt128LittleEndian(block.AsSpan(Used, 16));
        Used += 16;
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
