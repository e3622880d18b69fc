using Sluice;

Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
string? Arg(string n) { var i = Array.IndexOf(args, n); return i < 0 ? null : args[i + 1]; }
await SluiceApplication.Build(new ServeOptions { Urls = Arg("--urls"), Data = Arg("--data"), Config = Arg("--config") }).RunAsync();
