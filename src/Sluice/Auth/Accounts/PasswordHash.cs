using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Org.BouncyCastle.Crypto.Generators;

namespace Sluice.Auth.Accounts;

/// <summary>bcrypt hashes: <c>$2a$</c>, <c>$2b$</c> and <c>$2y$</c>, which are read alike.</summary>
internal static partial class PasswordHash
{
    /// <summary>2^12 rounds: some hundred milliseconds of one core.</summary>
    public const int Cost = 12;

    public const int ShortestPassword = 8;

    /// <summary>bcrypt reads 72 bytes and ignores the rest, so that longer passwords would promise what they do not keep.</summary>
    public const int LongestPassword = 72;

    private const int SaltSize = 16;

    /// <summary>What is wrong with a new password; null when nothing is.</summary>
    public static string? Complaint(string? password)
        => password is null || password.Length < ShortestPassword ? $"must have {ShortestPassword} characters or more"
            : Encoding.UTF8.GetByteCount(password) > LongestPassword ? $"must have at most {LongestPassword} bytes in UTF-8"
            : password.Contains('\0', StringComparison.Ordinal) ? "must have no NUL"
            : null;

    /// <summary>True for a hash that <see cref="Verify"/> can check in reasonable time: cost 4 to 14.</summary>
    public static bool IsKnown(string hash) => Form().IsMatch(hash);

    public static string Create(string password, int cost = Cost)
        => OpenBsdBCrypt.Generate("2b", password.ToCharArray(), RandomNumberGenerator.GetBytes(SaltSize), cost);

    /// <summary>
    /// Checks a password, and takes as long for any hash up to <see cref="Cost"/> as for one of that cost: an imported hash of a
    /// lower one must not tell by its speed that the account exists.
    /// </summary>
    /// <param name="hash">Null checks nothing, and takes as long.</param>
    /// <param name="password">As it was sent.</param>
    /// <param name="cost">The cost of new hashes.</param>
    public static bool Verify(string? hash, string password, int cost = Cost)
    {
        // No account may be signed in to with what bcrypt does not read.
        var isReadable = Encoding.UTF8.GetByteCount(password) <= LongestPassword && !password.Contains('\0', StringComparison.Ordinal);
        if (hash is null || !isReadable)
        {
            _ = Create("no such account", cost);
            return false;
        }

        var isRight = OpenBsdBCrypt.CheckPassword(hash, password.ToCharArray());
        for (var done = CostOf(hash); done < cost; done++)
        {
            // 2^c + (2^c + … + 2^(cost-1)) = 2^cost.
            _ = Create("no such account", done);
        }

        return isRight;
    }

    /// <summary>True for a hash that is weaker than those made now.</summary>
    public static bool IsWeak(string hash, int cost = Cost) => CostOf(hash) < cost;

    private static int CostOf(string hash) => int.Parse(hash.AsSpan(4, 2), NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\$2[aby]\$(0[4-9]|1[0-4])\$[./A-Za-z0-9]{53}\z")]
    private static partial Regex Form();
}
