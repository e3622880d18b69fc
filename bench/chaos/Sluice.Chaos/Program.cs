using Sluice.Chaos;

return await ChaosCommands.Create().Parse(args).InvokeAsync();
