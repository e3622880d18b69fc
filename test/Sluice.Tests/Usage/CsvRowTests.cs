using System.Buffers;
using System.Text;
using Sluice.Usage.Export;

namespace Sluice.Tests.Usage;

public sealed class CsvRowTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    [InlineData(null, "")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"x\"", "\"say \"\"x\"\"\"")]
    [InlineData("two\r\nlines", "\"two\r\nlines\"")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("\r=1", "\"'\r=1\"")]
    [InlineData("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"")]
    [InlineData("a=1", "a=1")]
    [InlineData("日本語", "日本語")]
    public void Text_AnyText_IsOneCellAndNoFormula(string? text, string expected) => Written(csv => csv.Text(text)).ShouldBe(expected);

    [Theory]
    [InlineData(null, "")]
    [InlineData(0L, "0")]
    [InlineData(1L, "0.000000001")]
    [InlineData(-1L, "-0.000000001")]
    [InlineData(-1_500_000_000L, "-1.5")]
    [InlineData(123_000_000_000L, "123")]
    [InlineData(long.MaxValue, "9223372036.854775807")]
    [InlineData(long.MinValue, "-9223372036.854775808")]
    public void Usd_Nano_IsExact(long? nano, string expected) => Written(csv => csv.Usd(nano)).ShouldBe(expected);

    [Fact]
    public void End_AfterCells_BeginsANewRow()
        => Written(csv =>
        {
            csv.Literal("");
            csv.Number(1);
            csv.End();
            csv.Number(2);
        }).ShouldBe(",1\r\n2");

    private static string Written(Action<CsvRow> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        write(new CsvRow(buffer));
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
