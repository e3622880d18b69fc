using System.CommandLine;

namespace Sluice.Cli;

/// <summary>What <c>simulate --json</c> says once the simulator listens.</summary>
internal sealed record SimulatorDocument(bool Ok, IReadOnlyList<string> Urls, int? Seed);

/// <summary><c>simulate</c>: the simulator alone, for other people's tests.</summary>
internal static class SimulateCommand
{
    public static Command Create(CommandTree tree)
    {
        var urls = new Option<string>("--urls") { Description = "Addresses to listen on, separated by semicolons.", HelpName = "URLS", Required = true };
        var seed = new Option<int?>("--seed") { Description = "The same seed gives the same answers.", HelpName = "N" };
        return tree.Leaf(
            "simulate",
            "Run the simulator of all vendors alone.",
            async (parse, output, cancellation) =>
            {
                if (tree.Host.StartSimulator is not { } start)
                {
                    return output.Fail(ExitCode.Failure, "this build has no simulator");
                }

                var addresses = parse.GetValue(urls)!;
                try
                {
                    await using var simulator = await start(addresses, parse.GetValue(seed), cancellation);
                    output.Document(new SimulatorDocument(true, addresses.Split(';'), parse.GetValue(seed)), CommandJson.Default.SimulatorDocument);
                    output.Line($"The simulator listens on {addresses}. Ctrl+C ends it.");
                    await Task.Delay(Timeout.InfiniteTimeSpan, tree.Host.Time, cancellation);
                }
                catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
                {
                    return ExitCode.Ok;
                }
                catch (IOException e)
                {
                    return output.Fail(ExitCode.Unreachable, e.Message);
                }

                return ExitCode.Ok;
            },
            urls,
            seed);
    }
}
