using Microsoft.AspNetCore.Connections;

namespace Sluice.Cli;

/// <summary><c>serve</c>: starts the service and ends when it is stopped.</summary>
internal static class ServeCommand
{
    public static async Task<int> RunAsync(CommandHost host, ServeOptions options, CommandOutput output, CancellationToken cancellationToken)
    {
        await using var app = host.BuildApplication(options);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            return output.Fail(ExitCode.Unreachable, $"{e.Message.TrimEnd('.')}. Is Sluice running already? Another address: sluice serve --urls http://127.0.0.1:8081");
        }

        await app.WaitForShutdownAsync(cancellationToken);
        return ExitCode.Ok;
    }
}
