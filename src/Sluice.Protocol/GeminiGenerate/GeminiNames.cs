using System.Text;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>
/// Names of members, of which Google reads two spellings, and the members that the canonical model does not know. Those of
/// an inner object are kept with the path to it before their name.
/// </summary>
internal static class GeminiNames
{
    public const string Config = "generationConfig.";
    public const string Thinking = "generationConfig.thinkingConfig.";
    public const string ToolConfig = "toolConfig.";
    public const string Calling = "toolConfig.functionCallingConfig.";
    public const string Call = "functionCall.";
    public const string Response = "functionResponse.";
    public const string Inline = "inlineData.";
    public const string File = "fileData.";

    // The longer of two that begin alike stands first.
    private static readonly string[] Paths = [Thinking, Config, Calling, ToolConfig, Call, Response, Inline, File];

    /// <summary>The name in the spelling of the documentation: <c>inline_data</c> is <c>inlineData</c>.</summary>
    public static string Camel(string name)
    {
        if (!name.Contains('_', StringComparison.Ordinal))
        {
            return name;
        }

        var camel = new StringBuilder(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            var begins = i > 0 && name[i - 1] == '_' && char.IsAsciiLetterLower(name[i]);
            if (name[i] != '_')
            {
                camel.Append(begins ? char.ToUpperInvariant(name[i]) : name[i]);
            }
        }

        return camel.ToString();
    }

    /// <summary>Keeps a member that the model does not know.</summary>
    public static void Keep(ref JsonCursor cursor, List<Extension> extensions, string name)
    {
        if (!cursor.IsNull)
        {
            extensions.Add(new Extension(GeminiWords.Owner, name, cursor.ReadRaw()));
        }
    }

    /// <summary>The members that belong to the target and stand right inside the object to which the path leads.</summary>
    /// <param name="extensions">Members of several objects.</param>
    /// <param name="path">One of the constants; empty for the outermost object.</param>
    /// <param name="target">Who reads them.</param>
    /// <returns>The members under their plain names.</returns>
    public static IReadOnlyList<Extension> Inside(IReadOnlyList<Extension> extensions, string path, Owner target)
    {
        if (extensions.Count == 0)
        {
            return [];
        }

        var inside = new List<Extension>();
        foreach (var extension in extensions)
        {
            if (extension.Owner.Accepts(target) && PathOf(extension.Name) == path)
            {
                inside.Add(extension with { Name = extension.Name[path.Length..] });
            }
        }

        return inside;
    }

    private static string PathOf(string name)
    {
        foreach (var path in Paths)
        {
            if (name.StartsWith(path, StringComparison.Ordinal))
            {
                return path;
            }
        }

        return "";
    }
}
