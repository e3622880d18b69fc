using System.Globalization;
using System.Text.Json;

namespace Sluice.Credentials.Tokens;

/// <summary>Reads what a token server answers (RFC 6749 §5), and refuses what no header can carry.</summary>
internal static class TokenAnswerReader
{
    private const int LongestToken = 16 * 1024;
    private const int LongestWords = 200;

    /// <summary>Google's tokens hold for an hour; a server that does not say is taken to mean it (RFC 6749 §5.1).</summary>
    private static readonly TimeSpan UsualLifetime = TimeSpan.FromHours(1);

    private static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(1);

    /// <param name="status">The HTTP status.</param>
    /// <param name="body">The whole body, or as much of it as was read.</param>
    /// <param name="retryAfter">The header; null when absent.</param>
    /// <param name="server">The server's name, for messages.</param>
    public static TokenAnswer Read(int status, ReadOnlySpan<byte> body, string? retryAfter, string server)
    {
        var (members, lifetime) = Members(body);
        var token = members.GetValueOrDefault("access_token", "");
        if (status == 200 && token.Length is > 0 and <= LongestToken && !token.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return TokenAnswer.Of(token, lifetime is { } told && told < LongestLifetime ? told : lifetime is null ? UsualLifetime : LongestLifetime);
        }

        var code = Word(members.GetValueOrDefault("error", ""));
        if (status is 400 or 401 or 403 && code.Length > 0)
        {
            var words = Word(members.GetValueOrDefault("error_description", ""));
            return TokenAnswer.Failed(new TokenFailure(
                true, code, $"The token server {server} refuses the service account: {code}{(words.Length > 0 ? $" ({words})" : "")}. Check that the key file is current, the account enabled and this machine's clock right."));
        }

        var message = status == 200
            ? $"The token server {server} answered without a usable access token."
            : string.Create(CultureInfo.InvariantCulture, $"The token server {server} failed with status {status}.");
        return TokenAnswer.Failed(new TokenFailure(false, status == 200 ? "token_malformed" : "token_server_error", message)
        {
            RetryAfter = int.TryParse(retryAfter, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : null,
        });
    }

    private static (Dictionary<string, string> Texts, TimeSpan? Lifetime) Members(ReadOnlySpan<byte> body)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        TimeSpan? lifetime = null;
        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                foreach (var member in document.RootElement.EnumerateObject())
                {
                    if (member.Value.ValueKind == JsonValueKind.String)
                    {
                        texts[member.Name] = member.Value.GetString()!;
                    }
                    else if (member.NameEquals("expires_in") && member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetDouble(out var seconds) && seconds is > 0 and < 1e9)
                    {
                        lifetime = TimeSpan.FromSeconds(seconds);
                    }
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // No JSON, or a string that is no text: an answer without members.
        }

        return (texts, lifetime);
    }

    /// <summary>
    /// The server's words for the operator's eyes: short, one line, and without anything long enough to be a key, a token or
    /// an assertion that it may have sent back.
    /// </summary>
    private static string Word(string text)
    {
        const int LongestWord = 48;
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Select(word => word.Length > LongestWord ? "…" : string.Concat(word.Where(c => !char.IsControl(c))));
        var line = string.Join(' ', words);
        return line.Length > LongestWords ? line[..LongestWords] : line;
    }
}
