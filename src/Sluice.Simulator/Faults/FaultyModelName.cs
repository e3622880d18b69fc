namespace Sluice.Simulator.Faults;

/// <summary>
/// Reads the faults out of a model name. The rule: a fault stands behind the name after a dot, several one after the other
/// (<c>gpt-x.429-after=3</c>, <c>sim-small.slow-tokens=50.cut</c>); <c>sim-FAULT</c> is short for <c>sim-small.FAULT</c>.
/// A segment that is no fault belongs to the name, so <c>gpt-4.1</c> is a name.
/// </summary>
internal static class FaultyModelName
{
    private const string Prefix = "sim-";
    private const string DefaultModel = "sim-small";

    public static (string Model, FaultPlan Faults) Parse(string asked)
    {
        var model = asked;
        var plan = FaultPlan.None;

        // From the end: the first segment that is no fault ends the faults.
        for (var dot = model.LastIndexOf('.'); dot > 0 && plan.With(model[(dot + 1)..]) is { } more; dot = model.LastIndexOf('.'))
        {
            plan = more;
            model = model[..dot];
        }

        return model.StartsWith(Prefix, StringComparison.Ordinal) && plan.With(model[Prefix.Length..]) is { } shortForm
            ? (DefaultModel, shortForm)
            : (model, plan);
    }

    /// <summary>Reads the header <c>x-sim-fault</c>: faults separated by commas; what is no fault is ignored.</summary>
    public static FaultPlan ParseHeader(string header)
    {
        var plan = FaultPlan.None;
        foreach (var written in header.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            plan = plan.With(written) ?? plan;
        }

        return plan;
    }
}
