namespace Sluice.Credentials;

/// <summary>What a failure is to the credential that met it.</summary>
internal enum SetbackKind
{
    /// <summary>A fault that another credential might meet as well.</summary>
    Fault,

    /// <summary>The vendor's rate of the minute.</summary>
    Rate,

    /// <summary>A quota of a day or longer, until its reset.</summary>
    Limited,

    /// <summary>The vendor does not accept the secret; one such answer may be a slip of the vendor's, a second one confirms it.</summary>
    Rejected,

    /// <summary>The account has no money or no quota left; no call is made with it until the vendor's reset, or a trial.</summary>
    Spent,
}

/// <summary>A failure as <see cref="CredentialHealth.Fail"/> takes it. Times are time stamps.</summary>
/// <param name="Kind">What it is to the credential.</param>
/// <param name="Error">Kind and code; never a vendor's text, which may name the account.</param>
/// <param name="Now">When it happened.</param>
/// <param name="Until">Until when the credential rests; 0 for no rest that is known.</param>
/// <param name="Rules">The pool's.</param>
internal readonly record struct Setback(SetbackKind Kind, string Error, long Now, long Until, PoolRules Rules);

/// <summary>When a credential is taken out, and how it comes back. Times are in units of time stamps.</summary>
/// <param name="DisableAfter">Errors in a row; 0 for never.</param>
/// <param name="Probe">The first wait until a free call, or where there is none the next call, finds out whether it works again.</param>
/// <param name="Trial">The first wait until a call is tried without credit.</param>
/// <param name="LongestProbe">What the waits for a probe grow to.</param>
/// <param name="LongestTrial">What the waits for a trial grow to.</param>
/// <param name="CanProbe">True where the vendor has a free call.</param>
/// <param name="OthersSucceededAt">When a call of the pool last got through.</param>
internal readonly record struct PoolRules(
    int DisableAfter, long Probe, long Trial, long LongestProbe, long LongestTrial, bool CanProbe, long OthersSucceededAt)
{
    /// <summary>Doublings that are certain to reach the longest wait and not to overflow.</summary>
    private const int MostDoublings = 16;

    /// <summary>A wait after some relapses.</summary>
    public long Later(long wait, int relapses)
    {
        var longest = wait == Trial ? LongestTrial : LongestProbe;
        return Math.Min(wait << Math.Min(relapses, MostDoublings), Math.Max(wait, longest));
    }
}
