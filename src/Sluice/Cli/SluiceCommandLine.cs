using System.CommandLine;
using System.Reflection;
using Sluice.Configuration;
using Sluice.Storage;

namespace Sluice.Cli;

/// <summary>The command line: what commands there are, and how each of them ends.</summary>
internal static class SluiceCommandLine
{
    public static string Version { get; } =
        typeof(SluiceCommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>Runs one command; returns the process's exit code (<see cref="ExitCode"/>).</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, CommandHost host, CancellationToken cancellationToken = default)
    {
        var commands = new CommandTree(host);
        var parse = commands.Root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parse.Errors.Count > 0)
        {
            var output = new CommandOutput(host, args.Contains("--json"));
            return output.Fail(ExitCode.Usage, string.Join("; ", parse.Errors.Select(e => e.Message)) + $" (see sluice {commands.PathOf(parse.CommandResult.Command)}--help)");
        }

        return await parse.InvokeAsync(
            new InvocationConfiguration
            {
                Output = host.Out,
                Error = host.Error,
                EnableDefaultExceptionHandler = false,

                // The host of the service handles signals itself: streams have drain_seconds to end.
                ProcessTerminationTimeout = commands.Serves(parse.CommandResult.Command) ? null : TimeSpan.FromSeconds(2),
            },
            cancellationToken);
    }

    /// <summary>Runs a command's body and turns expected failures into exit codes.</summary>
    public static async Task<int> GuardAsync(CommandOutput output, Func<Task<int>> body)
    {
        try
        {
            return await body();
        }
        catch (ConfigException e)
        {
            return output.FailConfiguration(e.Errors);
        }
        catch (OperationCanceledException)
        {
            return output.Fail(ExitCode.Failure, "interrupted");
        }
        catch (Exception e) when (e is StartRefusedException or IOException or UnauthorizedAccessException)
        {
            return output.Fail(ExitCode.Failure, e.Message);
        }
    }
}
