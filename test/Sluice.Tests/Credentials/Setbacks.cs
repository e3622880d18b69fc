using Sluice.Credentials;

namespace Sluice.Tests.Credentials;

/// <summary>Failures as <see cref="CredentialHealth"/> takes them, with rules that are easy to count with.</summary>
internal static class Setbacks
{
    /// <summary>Disabled after three errors, probed after 10 and at most 40, tried again without credit after 100 and at most 400.</summary>
    public static PoolRules Rules { get; } = new(DisableAfter: 3, Probe: 10, Trial: 100, LongestProbe: 40, LongestTrial: 400, CanProbe: true, OthersSucceededAt: 0);

    /// <summary>A failure that asks for a rest.</summary>
    public static Setback Rest(long until, bool forRate = false, string error = "Overloaded 503")
        => new(forRate ? SetbackKind.Rate : SetbackKind.Fault, error, 0, until, Rules);

    public static Setback Of(SetbackKind kind, long now, long until = 0, PoolRules? rules = null)
        => new(kind, $"{kind} error", now, until, rules ?? Rules);
}
