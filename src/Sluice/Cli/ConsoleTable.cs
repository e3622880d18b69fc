using Spectre.Console;

namespace Sluice.Cli;

/// <summary>Tables for people. The only place that touches Spectre.Console, which <c>serve</c> must not pay for.</summary>
internal static class ConsoleTable
{
    // Wide enough that nothing is broken where no terminal gives a width, such as in a pipe.
    private const int PipeWidth = 400;

    public static void Write(CommandHost host, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = host.UseColor ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = host.UseColor ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(host.Out),
        });
        if (!host.OutIsTerminal)
        {
            console.Profile.Width = PipeWidth;
        }

        var table = new Table().Border(TableBorder.None).LeftAligned();
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(new Text(column, new Style(decoration: Decoration.Bold))) { Padding = new Padding(0, 0, 2, 0) });
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(cell => new Text(cell)));
        }

        console.Write(table);
    }
}
