using System.Collections.Frozen;
using Sluice.Configuration;

namespace Sluice.Auth;

/// <summary>Model names and patterns that a key may use. <c>*</c> stands for any run of characters; comparison is exact otherwise.</summary>
internal sealed class ModelAllowList
{
    private readonly bool _all;
    private readonly FrozenSet<string> _names;
    private readonly string[] _patterns;

    public ModelAllowList(IEnumerable<string> patterns)
    {
        var list = patterns.ToList();
        _all = list.Contains("*");
        _names = list.Where(p => !p.Contains('*', StringComparison.Ordinal)).ToFrozenSet(StringComparer.Ordinal);
        _patterns = [.. list.Where(p => p != "*" && p.Contains('*', StringComparison.Ordinal))];
    }

    public static ModelAllowList All { get; } = new(["*"]);

    public bool Allows(string model)
    {
        if (_all || _names.Contains(model))
        {
            return true;
        }

        foreach (var pattern in _patterns)
        {
            if (NamePattern.Matches(pattern, model))
            {
                return true;
            }
        }

        return false;
    }
}
