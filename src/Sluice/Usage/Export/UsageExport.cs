using System.Buffers;

namespace Sluice.Usage.Export;

/// <summary>What an export looks like.</summary>
internal enum ExportFormat
{
    /// <summary>A row per record.</summary>
    Csv,

    /// <summary>A row per series and hour, by FOCUS 1.2.</summary>
    Focus,
}

/// <summary>Writes the account out, piece by piece: memory does not grow with its length.</summary>
internal sealed class UsageExport(UsageReader reader)
{
    /// <summary>The names of the formats, as the API and the command line spell them.</summary>
    public static IReadOnlyDictionary<string, ExportFormat> Formats { get; } = new Dictionary<string, ExportFormat>(StringComparer.Ordinal)
    {
        ["csv"] = ExportFormat.Csv,
        ["focus"] = ExportFormat.Focus,
    };

    /// <summary>The export in pieces of whole rows, UTF-8, the header first. A piece is good until the next is asked for.</summary>
    /// <param name="format">A span of FOCUS is rounded outwards to whole hours.</param>
    /// <param name="filter">What to write.</param>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(ExportFormat format, UsageFilter filter) => format switch
    {
        ExportFormat.Csv => WriteAsync(reader.ReadAllAsync(filter), RecordTable.WriteHeader, RecordTable.Write),
        ExportFormat.Focus => WriteAsync(reader.ReadHoursAsync(filter), FocusTable.WriteHeader, FocusTable.Write),
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> WriteAsync<T>(
        IAsyncEnumerable<IReadOnlyList<T>> pages, Action<CsvRow> writeHeader, Action<CsvRow, T> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var csv = new CsvRow(buffer);
        writeHeader(csv);
        await foreach (var page in pages)
        {
            foreach (var row in page)
            {
                write(csv, row);
            }

            yield return buffer.WrittenMemory;
            buffer.ResetWrittenCount();
        }

        if (buffer.WrittenCount > 0)
        {
            yield return buffer.WrittenMemory;
        }
    }
}
