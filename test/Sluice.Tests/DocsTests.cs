using System.Text.RegularExpressions;

namespace Sluice.Tests;

/// <summary>Compares what the documentation says with what the sources do.</summary>
public sealed partial class DocsTests
{
    private static readonly string Root = FindRoot();

    [Fact]
    public void Errors_EveryCodeOfTheSources_HasItsParagraph()
    {
        var documented = Documented();

        Codes().Where(code => !documented.Contains(code.Key))
            .Select(code => $"{code.Key} ({code.Value})")
            .ShouldBeEmpty("docs/errors.md lacks a heading for these codes");
    }

    [Fact]
    public void Errors_EveryParagraph_IsOfACodeInUse()
    {
        var codes = Codes();

        Documented().Where(code => !codes.ContainsKey(code)).ShouldBeEmpty("docs/errors.md explains codes that no source answers");
    }

    [Fact]
    public void Codes_KnownForms_AreAllFound()
    {
        // Guards the scan itself: one code of each way in which sources name them.
        var codes = Codes();

        codes.ShouldContainKey("invalid_api_key");
        codes.ShouldContainKey("invalid_json");
        codes.ShouldContainKey("rate_limit_exceeded");
        codes.ShouldContainKey("idle_timeout");
    }

    [Fact]
    public void Links_BetweenPages_LeadToFilesThatExist()
    {
        var pages = Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Root, "*.md"))
            .Append(Path.Combine(Root, "bench", "README.md"));

        var broken = from page in pages
                     from Match link in Link().Matches(File.ReadAllText(page))
                     let target = link.Groups[1].Value
                     where !target.Contains("://", StringComparison.Ordinal)
                     let path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, target.Split('#')[0]))
                     where target[0] != '#' && !Path.Exists(path)
                     select $"{Path.GetRelativePath(Root, page)}: {target}";

        broken.ShouldBeEmpty();
    }

    /// <summary>Error codes with the file that has them: the literals, constants and branches that stand after an ErrorKind, or that go to a parameter named <c>code</c> of a method that makes an error.</summary>
    private static SortedDictionary<string, string> Codes()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Select(path => (Path: Path.GetRelativePath(Root, path), Text: File.ReadAllText(path)))
            .ToList();
        var constants = sources
            .SelectMany(source => Constant().Matches(source.Text))
            .ToLookup(match => match.Groups[1].Value, match => match.Groups[2].Value);
        var codes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (path, text) in sources)
        {
            foreach (Match match in AfterKind().Matches(text).Concat(Noted().Matches(text)))
            {
                Add(match.Groups[1].Value, path);
            }

            foreach (Match factory in Factory().Matches(text))
            {
                foreach (Match call in Regex.Matches(text, $@"\b{factory.Groups[1].Value}\(\s*([^,;]+),"))
                {
                    Add(call.Groups[1].Value, path);
                }
            }
        }

        // These go through tables, where no error stands beside its code.
        foreach (Match code in Constant().Matches(sources.Single(source => source.Path.EndsWith("TranslationErrors.cs", StringComparison.Ordinal)).Text))
        {
            codes.TryAdd(code.Groups[2].Value, "TranslationErrors.cs");
        }

        return codes;

        void Add(string expression, string path)
        {
            foreach (Match literal in Literal().Matches(expression))
            {
                codes.TryAdd(literal.Groups[1].Value, path);
            }

            foreach (var value in constants[expression.Trim().Split('.')[^1]])
            {
                codes.TryAdd(value, path);
            }
        }
    }

    private static HashSet<string> Documented() =>
        [.. Heading().Matches(File.ReadAllText(Path.Combine(Root, "docs", "errors.md"))).Select(match => match.Groups[1].Value)];

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Sluice.slnx")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }

    [GeneratedRegex(@"(?<!=> )ErrorKind\.\w+\s*,\s*([^,]+),")]
    private static partial Regex AfterKind();

    [GeneratedRegex(@"\bErrorCode = ([^;,]+)[;,]")]
    private static partial Regex Noted();

    [GeneratedRegex(@"GatewayError\s+(\w+)\(\s*string code\b")]
    private static partial Regex Factory();

    [GeneratedRegex("""const string (\w+)\s*=\s*"([a-z][a-z0-9]*(?:_[a-z0-9]+)*)";""")]
    private static partial Regex Constant();

    [GeneratedRegex("\"([a-z][a-z0-9]*(?:_[a-z0-9]+)+)\"")]
    private static partial Regex Literal();

    [GeneratedRegex(@"^### ([a-z0-9_]+)\s*$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
