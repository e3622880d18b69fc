using BenchmarkDotNet.Running;
using Sluice.Benchmarks;

if (args is ["--quick", ..])
{
    QuickRun.Run(args.ElementAtOrDefault(1) ?? "");
    return;
}

if (args is ["--translate", ..])
{
    TranslationRun.Run(args.ElementAtOrDefault(1) ?? "");
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(HotPath).Assembly).Run(args);
