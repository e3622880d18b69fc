using Sluice.Providers;

namespace Sluice.Pipeline;

/// <summary>What follows from a kind of failure.</summary>
/// <param name="TryAnother">Another candidate may serve the call.</param>
/// <param name="LeaveTarget">The upstream is at fault, so another target goes first; else another credential of the same target.</param>
/// <param name="ShowVendorError">The client may see the vendor's own error document; else it is told of a 502-class failure.</param>
/// <param name="CoolsWithoutWord">How long the credential rests when the vendor named no time.</param>
internal readonly record struct FailureRule(bool TryAnother, bool LeaveTarget, bool ShowVendorError, TimeSpan CoolsWithoutWord);

/// <summary>The one table that decides retry, rest and what the client sees.</summary>
internal static class FailurePolicy
{
    public static FailureRule For(UpstreamFailureKind kind) => kind switch
    {
        UpstreamFailureKind.BadRequest => new(TryAnother: false, LeaveTarget: false, ShowVendorError: true, TimeSpan.Zero),
        UpstreamFailureKind.CredentialRejected => new(TryAnother: true, LeaveTarget: false, ShowVendorError: false, TimeSpan.FromSeconds(10)),
        UpstreamFailureKind.OutOfCredit => new(TryAnother: true, LeaveTarget: false, ShowVendorError: true, TimeSpan.Zero),
        UpstreamFailureKind.RateLimited => new(TryAnother: true, LeaveTarget: false, ShowVendorError: true, TimeSpan.Zero),
        UpstreamFailureKind.Overloaded => new(TryAnother: true, LeaveTarget: true, ShowVendorError: true, TimeSpan.Zero),
        UpstreamFailureKind.ServerError => new(TryAnother: true, LeaveTarget: true, ShowVendorError: true, TimeSpan.Zero),
        UpstreamFailureKind.ConnectFailed => new(TryAnother: true, LeaveTarget: true, ShowVendorError: false, TimeSpan.Zero),
        UpstreamFailureKind.Timeout => new(TryAnother: true, LeaveTarget: true, ShowVendorError: false, TimeSpan.Zero),
        // The token has a clock of its own for when it is asked for again.
        UpstreamFailureKind.TokenUnavailable => new(TryAnother: true, LeaveTarget: false, ShowVendorError: false, TimeSpan.Zero),
        _ => new(TryAnother: true, LeaveTarget: true, ShowVendorError: false, TimeSpan.Zero),
    };
}
