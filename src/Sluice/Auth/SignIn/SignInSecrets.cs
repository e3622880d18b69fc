using System.Security.Cryptography;
using System.Text;
using Sluice.Auth.Tokens;

namespace Sluice.Auth.SignIn;

/// <summary>The random texts of a sign-in.</summary>
internal static class SignInSecrets
{
    /// <summary>256 random bits in base64url: also a verifier of PKCE, which has 43 characters or more.</summary>
    public static string Create() => Base64Text.Encode(RandomNumberGenerator.GetBytes(32));

    /// <summary>The S256 challenge of a verifier, RFC 7636 §4.2.</summary>
    public static string Challenge(string verifier) => Base64Text.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
}
