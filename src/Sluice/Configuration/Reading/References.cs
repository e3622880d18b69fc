using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Sluice.Configuration.Reading;

/// <summary>
/// Resolves <c>${NAME}</c> (environment) anywhere in a text and <c>file:PATH</c> for a whole value; <c>$${</c> stands for a literal <c>${</c>.
/// What a reference gave is never read as a reference again.
/// </summary>
internal sealed class References(IReadOnlyDictionary<string, string> environment, string baseDirectory)
{
    /// <summary>A secret is a line of text or a PEM; more is a wrong path.</summary>
    private const int MaxFileBytes = 1024 * 1024;

    private const string FilePrefix = "file:";

    private readonly HashSet<string> _files = new(StringComparer.Ordinal);

    /// <summary>The files that values were read from, to be watched like the configuration itself.</summary>
    public IReadOnlyCollection<string> Files => _files;

    /// <summary>True when the text refers to something, so that what it stands for must not be shown.</summary>
    public static bool IsReference(string text)
        => text.StartsWith(FilePrefix, StringComparison.Ordinal) || text.Contains("${", StringComparison.Ordinal);

    /// <summary>Adds a file that is read elsewhere to <see cref="Files"/>.</summary>
    public void Watch(string path) => _files.Add(path);

    /// <summary>Resolves a value; false with the reason when a variable or file is missing.</summary>
    public bool TryResolve(string text, [NotNullWhen(true)] out string? value, [NotNullWhen(false)] out string? error)
    {
        if (!text.StartsWith(FilePrefix, StringComparison.Ordinal))
        {
            return TryExpand(text, out value, out error);
        }

        if (!TryResolvePath(text, out var path, out error))
        {
            value = null;
            return false;
        }

        return TryReadFile(path, out value, out error);
    }

    /// <summary>Resolves a path: variables are expanded, a <c>file:</c> before it is ignored, and it is relative to the configuration's folder.</summary>
    public bool TryResolvePath(string text, [NotNullWhen(true)] out string? path, [NotNullWhen(false)] out string? error)
    {
        if (text.StartsWith(FilePrefix, StringComparison.Ordinal))
        {
            text = text[FilePrefix.Length..];
            text = text.StartsWith("//", StringComparison.Ordinal) ? text[2..] : text;
        }

        if (!TryExpand(text, out path, out error))
        {
            return false;
        }

        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
        {
            (path, error) = (null, "the path is empty");
            return false;
        }

        path = Path.GetFullPath(path, baseDirectory);
        return true;
    }

    private bool TryReadFile(string path, [NotNullWhen(true)] out string? value, [NotNullWhen(false)] out string? error)
    {
        _files.Add(path);
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (stream.Length > MaxFileBytes)
            {
                (value, error) = (null, $"the file {path} is larger than {MaxFileBytes} bytes");
                return false;
            }

            using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true));
            var text = reader.ReadToEnd();
            text = text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;
            (value, error) = (text, null);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException or NotSupportedException)
        {
            var reason = e switch
            {
                FileNotFoundException or DirectoryNotFoundException => "does not exist",
                DecoderFallbackException => "is not UTF-8 text",
                _ => "cannot be read",
            };
            (value, error) = (null, $"the file {path} {reason}");
            return false;
        }
    }

    private bool TryExpand(string text, [NotNullWhen(true)] out string? value, [NotNullWhen(false)] out string? error)
    {
        (value, error) = (text, null);
        var at = text.IndexOf("${", StringComparison.Ordinal);
        if (at < 0)
        {
            return true;
        }

        var result = new StringBuilder();
        var from = 0;
        while (at >= 0)
        {
            if (at > from && text[at - 1] == '$')
            {
                result.Append(text, from, at - from - 1).Append("${");
                from = at + 2;
            }
            else
            {
                var end = text.IndexOf('}', at);
                var name = end < 0 ? "" : text[(at + 2)..end];
                if (!IsVariableName(name))
                {
                    (value, error) = (null, "\"${\" must be followed by a variable's name and \"}\"; write $${ for the characters themselves");
                    return false;
                }

                if (!environment.TryGetValue(name, out var found))
                {
                    (value, error) = (null, $"the environment variable {name} is not set");
                    return false;
                }

                result.Append(text, from, at - from).Append(found);
                from = end + 1;
            }

            at = text.IndexOf("${", from, StringComparison.Ordinal);
        }

        value = result.Append(text, from, text.Length - from).ToString();
        return true;
    }

    private static bool IsVariableName(string name)
        => name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
