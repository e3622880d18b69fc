using System.Buffers;
using System.Globalization;
using System.Text;

namespace Sluice.Usage.Export;

/// <summary>
/// Writes rows as RFC 4180: commas, CRLF, quotes where a cell needs them. A text that a spreadsheet would take for a formula
/// gets an apostrophe in front (OWASP ASVS 1.2.10): clients choose model names and request ids. An absent value is an empty cell.
/// </summary>
internal sealed class CsvRow(IBufferWriter<byte> output)
{
    private const long NanoPerUsd = 1_000_000_000;

    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n");

    private bool _begun;

    /// <summary>A text from outside, which could be anything.</summary>
    public void Text(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            Cell("");
        }
        else
        {
            Cell(text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' ? "'" + text : text);
        }
    }

    /// <summary>A text of ours that is no formula.</summary>
    public void Literal(string text) => Cell(text);

    public void Number(long? value) => Cell(value?.ToString(CultureInfo.InvariantCulture) ?? "");

    /// <summary>Nano-USD as USD, exact, without trailing zeros.</summary>
    public void Usd(long? nano)
    {
        if (nano is not { } value)
        {
            Cell("");
            return;
        }

        var (whole, rest) = Math.DivRem(value, NanoPerUsd);
        var fraction = Math.Abs(rest).ToString("000000000", CultureInfo.InvariantCulture).TrimEnd('0');
        Cell(string.Create(CultureInfo.InvariantCulture, $"{(value < 0 && whole == 0 ? "-" : "")}{whole}{(fraction.Length > 0 ? "." : "")}{fraction}"));
    }

    /// <summary>Microseconds as milliseconds.</summary>
    public void Milliseconds(long micros) => Cell((micros / 1000m).ToString("0.###", CultureInfo.InvariantCulture));

    /// <summary>An instant in UTC, to the second where it is a whole one.</summary>
    public void Time(DateTimeOffset time) => Cell(time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture));

    public void End()
    {
        output.Write("\r\n"u8);
        _begun = false;
    }

    private void Cell(string text)
    {
        if (_begun)
        {
            output.Write(","u8);
        }

        _begun = true;
        Encoding.UTF8.GetBytes(text.AsSpan().ContainsAny(Quoted) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text, output);
    }
}
