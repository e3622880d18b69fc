using System.Text.RegularExpressions;

namespace Sluice.Telemetry.Logging;

/// <summary>
/// Masks what looks like a secret in a finished log line. A second net: the first is that no code logs a secret
/// (<c>Secret</c> prints as <c>***</c>). It exists for exception messages of libraries and for mistakes.
/// </summary>
internal static partial class LogRedaction
{
    public const string Mask = "***";

    /// <summary>The text with everything that looks like a secret masked; the same instance when nothing does.</summary>
    public static string Apply(string text)
    {
        text = Keys().Replace(text, Mask);
        text = Bearer().Replace(text, $"$1{Mask}");
        text = Parameters().Replace(text, $"$1{Mask}");
        return UserInfo().Replace(text, $"://{Mask}@");
    }

    // Keys by their makers' prefixes: OpenAI, Anthropic, OpenRouter (sk-), Groq (gsk_), xAI (xai-), Hugging Face (hf_),
    // GitHub (gh?_), Sluice (sl_, slk_), Google (AIza, ya29.), AWS (AKIA), Slack (xox?-); JWTs; PEM private keys.
    [GeneratedRegex(
        @"\b(?:sk|pk|rk|gsk|xai|hf|r8|gh[opsu]|slk?|sluice|xox[abprs]|Bearer)[-_][A-Za-z0-9_\-]{8,}" +
        @"|\bAIza[A-Za-z0-9_\-]{20,}|\bya29\.[A-Za-z0-9_\-.]+|\bAKIA[A-Z0-9]{12,}" +
        @"|\beyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]+\.[A-Za-z0-9_\-]*" +
        @"|-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?",
        RegexOptions.CultureInvariant)]
    private static partial Regex Keys();

    [GeneratedRegex(@"\b((?:Bearer|Basic)\s+)[^\s""',;*]{6,}", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Bearer();

    // Query parameters, JSON members and connection strings.
    [GeneratedRegex(
        @"((?<![A-Za-z0-9])(?:api[_\-]?key|x-goog-api-key|access[_\-]?token|refresh[_\-]?token|client[_\-]?secret|private[_\-]?key|password|passwd|secret|token|key)[""']?\s*[=:]\s*[""']?)(?!\*\*\*)[^\s""'&,;}]{6,}",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Parameters();

    [GeneratedRegex(@"://[^\s/@:]*:[^\s/@]+@", RegexOptions.CultureInvariant)]
    private static partial Regex UserInfo();
}
