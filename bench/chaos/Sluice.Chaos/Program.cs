using System.CommandLine;
using Sluice.Chaos;

// Without a handler of its own for SIGINT and SIGTERM the process ends at once, and ends its gateway as it does.
return await ChaosCommands.Create().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
