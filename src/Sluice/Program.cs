using Sluice;
using Sluice.Cli;
using Sluice.Simulator;

// Read by the runtime when the first socket is made: a completion then runs on the thread that waits for sockets, instead
// of waking another one. Nothing on the request path blocks, which is what this asks for.
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

return await SluiceCommandLine.RunAsync(args, new CommandHost
{
    BuildApplication = SluiceApplication.Build,
    ProviderTypes = () => SluiceApplication.ProviderTypes,
    StartSimulator = static async (urls, seed, cancellationToken)
        => await SimulatorServer.StartAsync(new SimulatorOptions { Seed = seed ?? 1 }, urls, cancellationToken),
});
