using System.Text;
using System.Text.RegularExpressions;

namespace Sluice.Simulator.Answers;

/// <summary>
/// Makes a text that matches a regular expression: literals, classes, groups, alternatives and counts. What is made is checked
/// against the expression; null means that it uses more than that (look-around, back references).
/// </summary>
internal sealed class PatternSample
{
    private const int MostRepeats = 4;
    private const int MostSteps = 20_000;
    private static readonly TimeSpan CheckLimit = TimeSpan.FromMilliseconds(100);

    private readonly string _pattern;
    private readonly SeededRandom _random;
    private int _at;
    private int _steps;

    private PatternSample(string pattern, SeededRandom random) => (_pattern, _random) = (pattern, random);

    public static string? Make(string pattern, SeededRandom random)
    {
        try
        {
            var text = new PatternSample(pattern, random).Alternatives();
            return Regex.IsMatch(text, pattern, RegexOptions.ECMAScript, CheckLimit) ? text : null;
        }
        catch (Exception failure) when (failure is ArgumentException or RegexMatchTimeoutException or FormatException)
        {
            // The pattern is the client's; one that cannot be read asks for nothing.
            return null;
        }
    }

    private bool More => _at < _pattern.Length && _pattern[_at] != ')';

    private string Alternatives()
    {
        var branches = new List<string> { Sequence() };
        while (_at < _pattern.Length && _pattern[_at] == '|')
        {
            _at++;
            branches.Add(Sequence());
        }

        return _random.Pick(branches);
    }

    private string Sequence()
    {
        var text = new StringBuilder();
        while (More && _pattern[_at] != '|')
        {
            var start = _at;
            var piece = Piece();
            var end = _at;
            var (least, most) = Repeats();
            var after = _at;
            for (var i = least + _random.Below(most - least + 1); i > 0; i--)
            {
                text.Append(piece);

                // Each repeat draws anew: [a-z]{3} is not the same letter three times.
                _at = start;
                piece = Piece();
            }

            _at = Math.Max(after, end);
        }

        return text.ToString();
    }

    private string Piece()
    {
        // Counts inside counts multiply: such a pattern is given up, not followed for minutes.
        if (++_steps > MostSteps)
        {
            throw new FormatException();
        }

        var c = _pattern[_at++];
        switch (c)
        {
            case '^' or '$':
                return "";
            case '.':
                return "x";
            case '(':
                if (_at < _pattern.Length && _pattern[_at] == '?')
                {
                    _at = _pattern.AsSpan(_at).StartsWith("?:", StringComparison.Ordinal) ? _at + 2 : throw new FormatException();
                }

                var group = Alternatives();
                _at++;
                return group;
            case '[':
                return _random.Pick(Class()).ToString();
            case '\\':
                return Escape() is { } set ? _random.Pick(set).ToString() : "";
            default:
                return c.ToString();
        }
    }

    private List<char> Class()
    {
        var negated = _at < _pattern.Length && _pattern[_at] == '^';
        _at += negated ? 1 : 0;
        var members = new List<char>();
        while (_at < _pattern.Length && _pattern[_at] != ']')
        {
            var from = _pattern[_at++];
            if (from == '\\')
            {
                members.AddRange(Escape() ?? []);
            }
            else if (_at + 1 < _pattern.Length && _pattern[_at] == '-' && _pattern[_at + 1] != ']')
            {
                for (int code = from; code <= _pattern[_at + 1]; code++)
                {
                    members.Add((char)code);
                }

                _at += 2;
            }
            else
            {
                members.Add(from);
            }
        }

        _at++;
        var result = negated ? Enumerable.Range(' ', 95).Select(code => (char)code).Except(members).ToList() : members;
        return result.Count > 0 ? result : throw new FormatException();
    }

    /// <summary>The characters an escape stands for; null for one that stands for a place.</summary>
    private List<char>? Escape()
    {
        var c = _at < _pattern.Length ? _pattern[_at++] : throw new FormatException();
        return c switch
        {
            'd' => [.. "0123456789"],
            'w' => [.. "abcdefghijklmnopqrstuvwxyz0123456789_"],
            's' => [' '],
            'D' or 'S' => ['x'],
            'W' => ['-'],
            'b' => null,
            'n' => ['\n'],
            't' => ['\t'],
            >= '1' and <= '9' => throw new FormatException(),
            _ => [c],
        };
    }

    private (int Least, int Most) Repeats()
    {
        var c = _at < _pattern.Length ? _pattern[_at] : '\0';
        var counts = c switch
        {
            '*' => (0, MostRepeats),
            '+' => (1, MostRepeats),
            '?' => (0, 1),
            '{' => Braces(),
            _ => (1, 1),
        };
        _at += c is '*' or '+' or '?' ? 1 : 0;
        _at += c is '*' or '+' or '?' or '{' && _at < _pattern.Length && _pattern[_at] == '?' ? 1 : 0;
        return counts;
    }

    private (int Least, int Most) Braces()
    {
        var end = _pattern.IndexOf('}', _at);
        var numbers = end < 0 ? throw new FormatException() : _pattern[(_at + 1)..end].Split(',');
        _at = end + 1;
        var least = Number(numbers[0]);
        return numbers.Length == 1 ? (least, least)
            : numbers[1].Length == 0 ? (least, least + MostRepeats)
            : (least, Math.Max(least, Number(numbers[1])));
    }

    private static int Number(string digits) =>
        int.TryParse(digits, out var number) && number is >= 0 and <= 1_000 ? number : throw new FormatException();
}
