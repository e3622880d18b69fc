using Sluice.Protocol.Canonical;

namespace Sluice.Providers.Catalogue;

/// <summary>A row of <c>rules</c> in a <c>models.json</c>: what is particular to some models. A member that is left out has the default of <see cref="ModelRules"/>.</summary>
/// <param name="Models">Names; a <c>*</c> at the end stands for any rest. The first row that names a model holds.</param>
internal sealed record ModelRulesRow(IReadOnlyList<string> Models)
{
    /// <summary>Fields that the model refuses, as <c>top_p</c> for <see cref="CanonicalField.TopP"/>.</summary>
    public IReadOnlyList<string> Rejects { get; init => field = value ?? []; } = [];

    /// <summary><c>none</c>, <c>effort</c>, <c>budget</c> or <c>adaptive</c>.</summary>
    public string? Thinking { get; init; }

    /// <summary>The efforts that the model knows, in the words that the dialects share.</summary>
    public IReadOnlyList<string> Efforts { get; init => field = value ?? []; } = [];

    public bool? AlwaysThinks { get; init; }

    public string? ThinkingOff { get; init; }

    public long? LeastThinkingBudget { get; init; }

    public long? MostThinkingBudget { get; init; }

    public bool? TemperatureOrTopP { get; init; }

    public bool? ForcesTools { get; init; }

    public bool? SystemBetweenTurns { get; init; }

    public bool? SignsCalls { get; init; }

    public int? CacheBreakpoints { get; init; }

    public string? ApiVersion { get; init; }

    public string? Operation { get; init; }

    /// <summary>True when the row speaks of a model of this name.</summary>
    public bool Names(string model) => Models.Any(name => name.EndsWith('*')
        ? model.StartsWith(name.AsSpan(0, name.Length - 1), StringComparison.Ordinal)
        : model == name);

    /// <summary>The row as writers take it.</summary>
    /// <exception cref="ArgumentException">A word is not known.</exception>
    public ModelRules ToRules()
    {
        var usual = ModelRules.Default;
        return usual with
        {
            Rejects = FieldSet.Of([.. Rejects.Select(Word<CanonicalField>)]),
            Thinking = Thinking is null ? usual.Thinking : Word<ThinkingStyle>(Thinking),
            Efforts = [.. Efforts.Select(Effort)],
            AlwaysThinks = AlwaysThinks ?? usual.AlwaysThinks,
            ThinkingOff = ThinkingOff ?? usual.ThinkingOff,
            LeastThinkingBudget = LeastThinkingBudget,
            MostThinkingBudget = MostThinkingBudget,
            TemperatureOrTopP = TemperatureOrTopP ?? usual.TemperatureOrTopP,
            ForcesTools = ForcesTools ?? usual.ForcesTools,
            SystemBetweenTurns = SystemBetweenTurns ?? usual.SystemBetweenTurns,
            SignsCalls = SignsCalls ?? usual.SignsCalls,
            CacheBreakpoints = CacheBreakpoints,
            ApiVersion = ApiVersion ?? usual.ApiVersion,
            Operation = Operation ?? usual.Operation,
        };
    }

    private static T Word<T>(string text)
        where T : struct, Enum
        => Enum.Parse<T>(text.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);

    private static ReasoningEffort Effort(string word) =>
        ReasoningEffortNames.Parse(word) ?? throw new ArgumentException($"There is no effort '{word}'.");
}
