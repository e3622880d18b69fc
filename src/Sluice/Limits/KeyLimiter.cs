using Sluice.Configuration;

namespace Sluice.Limits;

/// <summary>A key's limits with their counters. Survives reloads: <see cref="Update"/> changes the bounds and keeps the counts.</summary>
internal sealed class KeyLimiter(LimitsConfig limits)
{
    private LimitsConfig _limits = limits;

    public LimitsConfig Limits => _limits;

    public void Update(LimitsConfig limits) => _limits = limits;
}
