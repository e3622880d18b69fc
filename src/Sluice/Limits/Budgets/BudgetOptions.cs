namespace Sluice.Limits.Budgets;

/// <summary>How this process is known to the budgets' database.</summary>
/// <param name="Node">The same after a restart, so that it can drop what it held before; unlike any other process on the same database.</param>
internal sealed record BudgetOptions(string Node)
{
    /// <summary>How long other processes leave a hold alone that is not renewed.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    /// <summary>How long this process uses one without renewing it; the rest is for clocks that differ.</summary>
    public static readonly TimeSpan Usable = TimeSpan.FromSeconds(45);

    /// <summary>How often accounts in use are looked at: renewed, compared, and their thresholds checked.</summary>
    public static readonly TimeSpan Round = TimeSpan.FromSeconds(5);

    /// <summary>When a hold that nothing has changed is renewed.</summary>
    public static readonly TimeSpan Renewal = TimeSpan.FromSeconds(15);

    /// <summary>When what is not used goes back.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);
}
