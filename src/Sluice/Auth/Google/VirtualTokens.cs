using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Sluice.Storage;

namespace Sluice.Auth.Google;

/// <summary>What a token says of itself.</summary>
/// <param name="Account">The account's id.</param>
/// <param name="Key">The number of the key that it was issued for: it ends with that key.</param>
/// <param name="IssuedAt">To the second.</param>
internal readonly record struct TokenClaims(string Account, int Key, DateTimeOffset IssuedAt);

/// <summary>
/// The tokens of virtual accounts: an account, a key and a time under a MAC. Nothing of them is stored, so they outlive a restart,
/// a stolen database holds none, and any number of them costs no room; they are taken back with their account or their key.
/// </summary>
internal sealed class VirtualTokens(MasterKey masterKey)
{
    /// <summary>What Google's access tokens begin with.</summary>
    public const string AccessPrefix = "ya29.";

    /// <summary>What Google's refresh tokens begin with.</summary>
    public const string RefreshPrefix = "1//";

    /// <summary>How long an access token holds, in seconds; what Google says.</summary>
    public const int Lifetime = 3599;

    private const string IdPrefix = "vsa_";
    private const int ClaimsSize = 1 + 16 + 4 + 8 + 12;
    private const int Size = ClaimsSize + 32;
    private const byte Access = 1;
    private const byte Refresh = 2;

    private readonly byte[] _key = HKDF.DeriveKey(HashAlgorithmName.SHA256, masterKey.Pepper, 32, info: "sluice google tokens v1"u8.ToArray());

    public string CreateAccess(string account, int key, DateTimeOffset now) => AccessPrefix + Create(Access, account, key, now);

    public string CreateRefresh(string account, int key, DateTimeOffset now) => RefreshPrefix + Create(Refresh, account, key, now);

    /// <summary>Reads an access token; false when it is none of ours.</summary>
    public bool TryReadAccess(ReadOnlySpan<char> text, out TokenClaims claims) => TryRead(Access, AccessPrefix, text, out claims);

    /// <summary>Reads a refresh token; false when it is none of ours.</summary>
    public bool TryReadRefresh(ReadOnlySpan<char> text, out TokenClaims claims) => TryRead(Refresh, RefreshPrefix, text, out claims);

    private string Create(byte kind, string account, int key, DateTimeOffset now)
    {
        Span<byte> token = stackalloc byte[Size];
        token[0] = kind;
        Convert.FromHexString(account.AsSpan(IdPrefix.Length), token.Slice(1, 16), out _, out _);
        BinaryPrimitives.WriteInt32BigEndian(token[17..], key);
        BinaryPrimitives.WriteInt64BigEndian(token[21..], now.ToUnixTimeSeconds());
        RandomNumberGenerator.Fill(token.Slice(29, 12));
        HMACSHA256.HashData(_key, token[..ClaimsSize], token[ClaimsSize..]);
        return Base64Url.EncodeToString(token);
    }

    private bool TryRead(byte kind, string prefix, ReadOnlySpan<char> text, out TokenClaims claims)
    {
        claims = default;
        if (!text.StartsWith(prefix, StringComparison.Ordinal) || text.Length != prefix.Length + Base64Url.GetEncodedLength(Size) || !Ascii.IsValid(text))
        {
            return false;
        }

        Span<byte> token = stackalloc byte[Size];
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (!Base64Url.TryDecodeFromChars(text[prefix.Length..], token, out var length) || length != Size)
        {
            return false;
        }

        HMACSHA256.HashData(_key, token[..ClaimsSize], mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, token[ClaimsSize..]) || token[0] != kind)
        {
            return false;
        }

        claims = new TokenClaims(
            IdPrefix + Convert.ToHexStringLower(token.Slice(1, 16)),
            BinaryPrimitives.ReadInt32BigEndian(token[17..]),
            DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64BigEndian(token[21..])));
        return true;
    }
}
