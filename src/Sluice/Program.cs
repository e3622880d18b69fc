using Sluice;
using Sluice.Cli;

return await SluiceCommandLine.RunAsync(args, new CommandHost
{
    BuildApplication = SluiceApplication.Build,
    ProviderTypes = () => SluiceApplication.ProviderTypes,
});
