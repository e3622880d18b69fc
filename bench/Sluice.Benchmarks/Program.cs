using BenchmarkDotNet.Running;
using Sluice.Benchmarks;

if (args is ["--quick", ..])
{
    QuickRun.Run(args.ElementAtOrDefault(1) ?? "");
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(HotPath).Assembly).Run(args);
