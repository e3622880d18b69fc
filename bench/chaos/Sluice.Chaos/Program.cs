using System.Globalization;
using Sluice.Chaos;

switch (args)
{
    case ["disk", var points]:
        return DiskRun.Run(Number(points), Environment.TickCount & 0xFFF_FFFF);
    case ["disk", var points, var seed]:
        return DiskRun.Run(Number(points), Number(seed));
    case ["journal", var folder]:
        await DiskSpeed.RunAsync(folder);
        return 0;
    case ["call", var folder]:
        await CallCost.RunAsync(folder);
        return 0;
    default:
        Console.Error.WriteLine("Usage: disk <crash points> [first seed] | journal <folder> | call <folder>");
        return 2;
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
