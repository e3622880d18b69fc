using System.Globalization;
using Sluice.Configuration;
using Sluice.Providers;
using Sluice.Providers.Quota;
using Sluice.Providers.Transport;

namespace Sluice.Credentials;

/// <summary>Says what answers mean for the credential that got them: passive health, from real traffic alone.</summary>
internal sealed class CredentialJudge(CredentialDirectory directory, TimeProvider time)
{
    /// <summary>The longest rest that a vendor's word is believed for where it speaks of a rate.</summary>
    private static readonly TimeSpan LongestCooling = TimeSpan.FromDays(1);

    /// <summary>A key that was refused, or whose vendor does not come back: free calls thin out to one in an hour.</summary>
    private static readonly TimeSpan LongestProbe = TimeSpan.FromHours(1);

    /// <summary>Without credit a call is tried after an hour; free calls say nothing of credit.</summary>
    private static readonly TimeSpan FirstTrial = TimeSpan.FromHours(1);

    private static readonly TimeSpan LongestTrial = TimeSpan.FromDays(1);

    public void NoteSuccess(CredentialSlot slot)
    {
        slot.Health.NoteSuccess();
        directory.PulseOf(slot.Provider).NoteSuccess(time.GetTimestamp());
    }

    /// <summary>Learns the quota windows of an answer. One that is used up takes the credential out until its reset, before a call has failed for it.</summary>
    /// <param name="slot">The credential of the call.</param>
    /// <param name="upstream">The answer, its headers not yet consumed.</param>
    public void Learn(CredentialSlot slot, UpstreamConnection upstream)
    {
        Span<QuotaReading> readings = stackalloc QuotaReading[QuotaHeaders.Kinds];
        if (!QuotaHeaders.Read(upstream, time.GetUtcNow(), readings))
        {
            return;
        }

        var now = time.GetTimestamp();
        for (var i = 0; i < readings.Length; i++)
        {
            ref readonly var reading = ref readings[i];
            if (!reading.IsKnown)
            {
                continue;
            }

            var kind = (QuotaKind)i;
            var resetAt = reading.Reset is { } reset ? now + Ticks(reset) : 0;
            slot.Health.Windows.Set(new QuotaWindow(kind, reading.Limit, reading.Remaining, resetAt));
            if (reading.IsUsedUp)
            {
                slot.Health.Limit(resetAt, $"its {WordOf(kind)} are used up until the vendor's reset");
            }
        }
    }

    /// <summary>Takes a failure to account. What the client has asked for wrongly is none of the credential's.</summary>
    /// <param name="slot">The credential of the call.</param>
    /// <param name="failure">What came of it.</param>
    /// <param name="pool">The provider's rules.</param>
    /// <param name="canProbe">True where the vendor has a free call.</param>
    /// <param name="restWithoutWord">How long to rest where the vendor names no time; zero where no other credential could take over.</param>
    public void NoteFailure(CredentialSlot slot, in UpstreamFailure failure, PoolConfig pool, bool canProbe, TimeSpan restWithoutWord)
    {
        var kind = failure.Kind switch
        {
            UpstreamFailureKind.BadRequest => (SetbackKind?)null,

            // The token keeps its own account, and asks again by itself.
            UpstreamFailureKind.TokenUnavailable => null,
            UpstreamFailureKind.OutOfCredit => SetbackKind.Spent,
            UpstreamFailureKind.CredentialRejected => SetbackKind.Rejected,
            UpstreamFailureKind.RateLimited => failure.QuotaUsedUp ? SetbackKind.Limited : SetbackKind.Rate,
            _ => SetbackKind.Fault,
        };
        if (kind is not { } setback)
        {
            return;
        }

        var rest = setback == SetbackKind.Spent ? failure.RetryAfter : failure.RetryAfter ?? restWithoutWord;
        if (rest > LongestCooling && setback is not (SetbackKind.Spent or SetbackKind.Limited))
        {
            rest = LongestCooling;
        }

        var now = time.GetTimestamp();
        var rules = new PoolRules(
            pool.DisableAfter, Ticks(pool.RecoveryProbe), Ticks(FirstTrial), Ticks(LongestProbe), Ticks(LongestTrial), canProbe, directory.PulseOf(slot.Provider).LastSuccess);
        slot.Health.Fail(new Setback(setback, Words(failure), now, rest > TimeSpan.Zero ? now + Ticks(rest.Value) : 0, rules));
    }

    private static string WordOf(QuotaKind kind) => kind switch
    {
        QuotaKind.Tokens => "tokens",
        QuotaKind.InputTokens => "input tokens",
        QuotaKind.OutputTokens => "output tokens",
        _ => "requests",
    };

    /// <summary>Kind, status and code, as far as there are any.</summary>
    private static string Words(in UpstreamFailure failure)
    {
        var status = failure.Status > 0 ? failure.Status.ToString(CultureInfo.InvariantCulture) : "";
        return string.Join(' ', new[] { failure.Kind.ToString(), status, failure.Code }.Where(word => word.Length > 0));
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);
}
