using Sluice.Configuration.Reading;

namespace Sluice.Configuration.Schema;

/// <summary>What a rule of <c>limits</c> must say to mean something.</summary>
internal static class LimitRules
{
    public static void Check(LimitRuleConfig rule, ConfigNode node, ConfigPath path, ReadContext context)
    {
        if (rule is { Per: "global", Match: not "*" })
        {
            context.Error(node.Position, path.Key("match"), "all calls together have no name to match; leave \"match\" out, or limit per model, key, user or address");
        }

        if (rule.Limits is { Rpm: null, Tpm: null, Concurrency: null })
        {
            context.Error(node.Position, path, "limits nothing; set \"rpm\", \"tpm\" or \"concurrency\"");
        }
    }
}
