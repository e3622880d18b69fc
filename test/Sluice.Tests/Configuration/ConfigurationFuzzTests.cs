using System.Text;
using Sluice.Cli;

namespace Sluice.Tests.Configuration;

public sealed class ConfigurationFuzzTests
{
    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ":", ": ", "- ", "\n", "\n  ", "\t", "#", "&a ", "*a", "!t ", "!!str ", "|", "|\n", ">", "'", "\"", "\\", "%", "@", "`", "?", "? ", "<<: *a", "---\n", "...\n",
        "${", "${X}", "$${", "file:", "file:/dev/null", "~", "null", "-1", "1e999", "99999999999999999999", "\0", "\u0085", "\u2028", "\ufeff", "é", "server", "providers", "0x1F", "\r", "\"\\x\"", "\"\\uD800\"",
    ];

    /// <summary>Whatever stands in the file or in a variable, reading it gives errors and never an exception.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Load_MutatedConfiguration_NeverThrows(int seed)
    {
        var random = new Random(seed);
        var sample = SampleConfiguration.Text.Replace("\n# ", "\n", StringComparison.Ordinal);
        using var folder = new ConfigurationFolder();
        for (var i = 0; i < 500; i++)
        {
            var text = new StringBuilder(sample);
            for (var changes = random.Next(1, 5); changes > 0; changes--)
            {
                var at = random.Next(text.Length);
                switch (random.Next(3))
                {
                    case 0:
                        text.Insert(at, Pieces[random.Next(Pieces.Length)]);
                        break;
                    case 1:
                        text.Remove(at, Math.Min(random.Next(1, 40), text.Length - at));
                        break;
                    default:
                        text.Length = Math.Max(1, at);
                        break;
                }
            }

            var mutated = text.ToString();
            folder.Write(mutated);
            folder.Variables["SLUICE__KEYS"] = i % 4 == 0 ? mutated[..Math.Min(mutated.Length, 200)] : "[]";

            Should.NotThrow(() => folder.Load().Settings(), mutated);
        }
    }
}
