using System.Collections.Frozen;

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
            if (Matches(pattern, model))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Matches a name against a pattern in which every <c>*</c> stands for any run of characters; linear in practice, never exponential.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        int p = 0, n = 0, star = -1, mark = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                mark = n;
            }
            else if (p < pattern.Length && pattern[p] == name[n])
            {
                p++;
                n++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                n = ++mark;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*')
        {
            p++;
        }

        return p == pattern.Length;
    }
}
