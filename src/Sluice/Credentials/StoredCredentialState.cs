using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Providers.Quota;
using Sluice.Storage;

namespace Sluice.Credentials;

/// <summary>A credential's state as the database has it: times as microseconds since 1970; 0 for none, <see cref="long.MaxValue"/> for without an end.</summary>
/// <param name="Provider">The provider's name.</param>
/// <param name="Name">The credential's name.</param>
/// <param name="Mark">Tells the secret that the state belongs to from a later one under the same name.</param>
internal sealed record StoredCredentialState(string Provider, string Name, byte[] Mark)
{
    public string Held { get; init; } = "";
    public string? HeldReason { get; init; }
    public long HeldUntil { get; init; }
    public long ProbeAt { get; init; }
    public long LimitedUntil { get; init; }
    public string? LimitedReason { get; init; }
    public long CoolingUntil { get; init; }
    public bool CoolingForRate { get; init; }
    public int ConsecutiveErrors { get; init; }
    public int Rejections { get; init; }
    public int Relapses { get; init; }
    public string? LastError { get; init; }

    /// <summary>The quota windows and the balance, as JSON.</summary>
    public string Told { get; init; } = "";

    public static StoredCredentialState Of(string provider, string name, byte[] mark, CredentialHealth health, TimeProvider time)
    {
        var known = health.Recollect();
        var windows = health.Windows.At(time.GetTimestamp()).Select(window => new ToldWindow(window.Kind, window.Limit, window.Remaining, ToMicros(window.ResetAt, time)));
        var told = new ToldByVendor([.. windows], health.Windows.Balance as AccountBalance?);
        return new StoredCredentialState(provider, name, mark)
        {
            Held = known.Held.ToString(),
            HeldReason = known.HeldReason,
            HeldUntil = ToMicros(known.HeldUntil, time),
            ProbeAt = ToMicros(known.ProbeAt, time),
            LimitedUntil = ToMicros(known.LimitedUntil, time),
            LimitedReason = known.LimitedReason,
            CoolingUntil = ToMicros(known.CoolingUntil, time),
            CoolingForRate = known.CoolingForRate,
            ConsecutiveErrors = known.ConsecutiveErrors,
            Rejections = known.Rejections,
            Relapses = known.Relapses,
            LastError = known.LastError,
            Told = JsonSerializer.Serialize(told, ToldJson.Default.ToldByVendor),
        };
    }

    public void ApplyTo(CredentialHealth health, TimeProvider time)
    {
        health.Restore(new CredentialRecollection
        {
            Held = Enum.Parse<CredentialState>(Held),
            HeldReason = HeldReason,
            HeldUntil = ToStamp(HeldUntil, time),
            ProbeAt = ToStamp(ProbeAt, time),
            LimitedUntil = ToStamp(LimitedUntil, time),
            LimitedReason = LimitedReason,
            CoolingUntil = ToStamp(CoolingUntil, time),
            CoolingForRate = CoolingForRate,
            ConsecutiveErrors = ConsecutiveErrors,
            Rejections = Rejections,
            Relapses = Relapses,
            LastError = LastError,
        });
        var told = JsonSerializer.Deserialize(Told, ToldJson.Default.ToldByVendor);
        health.Windows.Balance = told?.Balance;
        foreach (var window in told?.Windows ?? [])
        {
            health.Windows.Set(new QuotaWindow(window.Kind, window.Limit, window.Remaining, ToStamp(window.ResetAt, time)));
        }
    }

    private static long ToMicros(long stamp, TimeProvider time)
        => stamp is 0 or long.MaxValue ? stamp : (time.GetUtcNow() + time.GetElapsedTime(time.GetTimestamp(), stamp)).UnixMicros();

    /// <summary>A time that has passed meanwhile is one that has passed: 0 would be none.</summary>
    private static long ToStamp(long micros, TimeProvider time)
    {
        if (micros is 0 or long.MaxValue)
        {
            return micros;
        }

        var ahead = Clock.FromUnixMicros(micros) - time.GetUtcNow();
        return Math.Max(1, time.GetTimestamp() + (long)(ahead.TotalSeconds * time.TimestampFrequency));
    }
}

internal sealed record ToldWindow(QuotaKind Kind, long Limit, long Remaining, long ResetAt);

internal sealed record ToldByVendor(IReadOnlyList<ToldWindow> Windows, AccountBalance? Balance);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ToldByVendor))]
internal sealed partial class ToldJson : JsonSerializerContext;
