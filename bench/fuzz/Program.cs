using System.Diagnostics;
using System.Globalization;
using Sluice.Fuzz;

// dotnet run -c Release --project bench/fuzz -- [INPUTS=1000000] [SEED] [MINUTES=60] [READER]
// dotnet run -c Release --project bench/fuzz -- growth [READER]              looks for time that grows faster than the input
// dotnet run -c Release --project bench/fuzz -- show SEED READER NUMBER      prints one input
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["show", var shownSeed, var reader, var shown])
{
    var subject = Subject.All.First(one => one.Name.Contains(reader, StringComparison.OrdinalIgnoreCase));
    using var output = Console.OpenStandardOutput();
    output.Write(new Trial(subject, FuzzRun.Mutator, int.Parse(shownSeed, CultureInfo.InvariantCulture)).Make(int.Parse(shown, CultureInfo.InvariantCulture), out _));
    return 0;
}

if (args is ["growth", ..])
{
    var grown = 0;
    foreach (var one in Subject.All.Where(one => args.Length == 1 || one.Name.Contains(args[1], StringComparison.OrdinalIgnoreCase)))
    {
        var found = Growth.Of(one, TimeSpan.FromSeconds(1));
        Console.WriteLine($"{one.Name}: {found.Count} places grow faster than the input");
        found.ForEach(what => Console.WriteLine($"    {what}"));
        grown += found.Count;
    }

    return grown > 0 ? 1 : 0;
}

var inputs = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1_000_000;
var seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : Environment.TickCount & 0xFFFFF;
var minutes = args.Length > 2 ? double.Parse(args[2], CultureInfo.InvariantCulture) : 60;
var filter = args.Length > 3 ? args[3] : "";
Console.WriteLine($"seed {seed}, {inputs:N0} inputs for each reader, at most {minutes} minutes");
var began = Stopwatch.GetTimestamp();
var trials = FuzzRun.All(seed, inputs, TimeSpan.FromMinutes(minutes), filter, FuzzRun.Print);
Console.WriteLine($"{trials.Sum(trial => trial.Inputs):N0} inputs in {Stopwatch.GetElapsedTime(began).TotalMinutes:F1} minutes, {trials.Sum(trial => trial.Violations)} violations");
return trials.Exists(trial => trial.Violations > 0) ? 1 : 0;
