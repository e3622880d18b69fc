using System.Security.Cryptography;
using System.Text;

namespace Sluice.Simulator.Answers;

/// <summary>
/// The opaque blocks that vendors hand out and want back unchanged: <c>signature</c>, <c>encrypted_content</c>,
/// <c>thoughtSignature</c>. Bound to a purpose and a content, verified without any stored state.
/// </summary>
internal sealed class Signatures(int seed)
{
    private const int NonceBytes = 8;
    private readonly byte[] _key = SHA256.HashData(Encoding.UTF8.GetBytes($"sluice-simulator-{seed}"));

    /// <summary>Signs a content (empty for a block that stands alone).</summary>
    /// <param name="purpose">Keeps one vendor's blocks from passing as another's.</param>
    /// <param name="content">What the block vouches for.</param>
    /// <param name="random">Gives two blocks over the same content different bytes.</param>
    public string Sign(string purpose, string content, SeededRandom random) =>
        Token(purpose, content, BitConverter.GetBytes(random.Next()));

    /// <summary>True when the block is one that <see cref="Sign"/> made for this purpose and content, to the last character.</summary>
    public bool Verify(string purpose, string content, string token)
    {
        Span<byte> bytes = stackalloc byte[NonceBytes + HMACSHA256.HashSizeInBytes + 3];
        return Convert.TryFromBase64String(token, bytes, out var length)
            && length == NonceBytes + HMACSHA256.HashSizeInBytes
            && Token(purpose, content, bytes[..NonceBytes]) == token;
    }

    private string Token(string purpose, string content, ReadOnlySpan<byte> nonce)
    {
        var token = new byte[NonceBytes + HMACSHA256.HashSizeInBytes];
        nonce.CopyTo(token);
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        mac.AppendData(nonce);
        mac.AppendData(Encoding.UTF8.GetBytes($"{purpose}\n{content}"));
        mac.GetHashAndReset(token.AsSpan(NonceBytes));
        return Convert.ToBase64String(token);
    }
}
