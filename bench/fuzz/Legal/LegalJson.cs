using System.Text.Json;
using System.Text.Unicode;

namespace Sluice.Fuzz.Legal;

/// <summary>What a client of any dialect expects of every document: JSON, and UTF-8 throughout.</summary>
internal static class LegalJson
{
    public static void Check(ReadOnlySpan<byte> document, string what)
    {
        ViolationException.Unless(Utf8.IsValid(document), $"{what} is not UTF-8");
        try
        {
            var reader = new Utf8JsonReader(document, new JsonReaderOptions { MaxDepth = 1100 });
            ViolationException.Unless(reader.Read(), $"{what} is empty");
            reader.Skip();
            ViolationException.Unless(!reader.Read(), $"{what} is more than one value");
        }
        catch (JsonException e)
        {
            throw new ViolationException($"{what} is not JSON: {e.Message}");
        }
    }

    public static bool IsJson(ReadOnlySpan<byte> text)
    {
        try
        {
            Check(text, "");
            return true;
        }
        catch (ViolationException)
        {
            return false;
        }
    }
}
