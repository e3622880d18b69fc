using System.Text.RegularExpressions;
using Sluice.Configuration;

namespace Sluice.Mcp.Catalog;

/// <summary>Tells whether an address can have been made from a template (RFC 6570): each expression stands for any run of characters.</summary>
internal static partial class UriTemplate
{
    public static bool Matches(string template, string uri) => NamePattern.Matches(Expression().Replace(template, "*"), uri);

    [GeneratedRegex(@"\{[^{}]*\}", RegexOptions.NonBacktracking)]
    private static partial Regex Expression();
}
