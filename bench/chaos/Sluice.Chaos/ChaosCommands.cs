using System.CommandLine;
using Sluice.Chaos.Scenarios;

namespace Sluice.Chaos;

/// <summary>The harness's command line. Exit code 0: nothing wrong; 1: violations; with <c>--expect-loss</c> the other way round.</summary>
internal static class ChaosCommands
{
    private static readonly Option<int?> Seed = new("--seed") { Description = "Repeats the calls and moments of a run.", HelpName = "N" };
    private static readonly Option<int?> Clients = new("--clients") { Description = "Clients at the same time.", HelpName = "N" };
    private static readonly Option<string[]> Server = new("--server") { Description = "A setting under server in the gateway's configuration.", HelpName = "NAME=VALUE" };
    private static readonly Option<bool> ExpectLoss = new("--expect-loss") { Description = "A control: succeeds when records were lost." };

    public static RootCommand Create()
    {
        var root = new RootCommand("Kills, stops and starves the real service under load and compares its ledger with what the upstream saw.");
        root.Subcommands.Add(Loop("kill", "SIGKILL at random moments, and a start on the same folder.", Fault.Kill, 1000));
        root.Subcommands.Add(Loop("term", "SIGTERM at random moments: calls in flight end whole.", Fault.Terminate, 50));
        root.Subcommands.Add(Loop("pause", "SIGSTOP for five seconds: nothing breaks.", Fault.Pause, 3));
        root.Subcommands.Add(Budget());
        root.Subcommands.Add(Full());
        root.Subcommands.Add(Disk());
        root.Subcommands.Add(Speed("journal", "How fast the journal appends, commits and replays in a folder.", DiskSpeed.RunAsync));
        root.Subcommands.Add(Speed("call", "What the journal costs a call, in a folder.", CallCost.RunAsync));
        return root;
    }

    private static Command Disk()
    {
        var points = new Argument<int>("points") { Description = "Crash points.", DefaultValueFactory = _ => 1_000_000 };
        var seed = new Argument<int>("seed") { Description = "The first seed; a failure is replayed by its own.", DefaultValueFactory = _ => Environment.TickCount & 0xFFF_FFFF };
        var command = new Command("disk", "Cuts the power of a simulated disk under the journal.") { points, seed };
        command.SetAction(parse => DiskRun.Run(parse.GetValue(points), parse.GetValue(seed)));
        return command;
    }

    private static Command Speed(string name, string description, Func<string, Task> run)
    {
        var folder = new Argument<string>("folder") { Description = "On the disk that is to be measured." };
        var command = new Command(name, description) { folder };
        command.SetAction((parse, _) => run(parse.GetValue(folder)!));
        return command;
    }

    private static Command Loop(string name, string description, Fault fault, int usual)
    {
        var rounds = new Argument<int>("rounds") { Description = "How often.", DefaultValueFactory = _ => usual };
        var command = new Command(name, description) { rounds, Seed, Clients, Server, ExpectLoss };
        command.SetAction((parse, _) => RunAsync(parse, () => new FaultLoop(Options(parse, 200), fault, parse.GetValue(rounds)).RunAsync()));
        return command;
    }

    private static Command Budget()
    {
        var keys = new Option<int>("--keys") { Description = "Keys with a budget each.", DefaultValueFactory = _ => 1 };
        var kill = new Option<bool>("--kill") { Description = "SIGKILL midway." };
        var command = new Command("budget", "Many callers at once on few budgets: nothing is overspent.") { keys, kill, Seed, Clients, Server, ExpectLoss };
        command.SetAction((parse, _) => RunAsync(parse, () => new BudgetStorm(Options(parse, 1000), parse.GetValue(keys), parse.GetValue(kill)).RunAsync()));
        return command;
    }

    private static Command Full()
    {
        var disk = new Option<string>("--disk") { Description = "A small mounted folder that may be filled.", Required = true };
        var patience = new Option<int>("--patience") { Description = "Seconds from the full disk to the first refusal.", HelpName = "N", DefaultValueFactory = _ => 120 };
        var command = new Command("full", "A full disk under load: calls are refused before they are sent.") { disk, patience, Seed, Clients, Server, ExpectLoss };
        command.SetAction((parse, _) => RunAsync(parse, () => new DiskFull(Options(parse, 32), parse.GetValue(disk)!)
        {
            RefusalPatience = TimeSpan.FromSeconds(parse.GetValue(patience)),
        }.RunAsync()));
        return command;
    }

    private static ScenarioOptions Options(ParseResult parse, int clients) => new()
    {
        Seed = parse.GetValue(Seed) ?? Environment.TickCount,
        Clients = parse.GetValue(Clients) ?? clients,
        Server = parse.GetValue(Server) ?? [],
        Progress = Console.Error,
    };

    private static async Task<int> RunAsync(ParseResult parse, Func<Task<ScenarioReport>> scenario)
    {
        var report = await scenario();
        Console.WriteLine(report);
        return (parse.GetValue(ExpectLoss) ? report.Lost > 0 : report.Violations.Count == 0) ? 0 : 1;
    }
}
