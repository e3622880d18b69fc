using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Sluice.TestKit.Gateway;

/// <summary>How to start a service.</summary>
public sealed record SluiceStart
{
    /// <summary>The text of <c>sluice.yaml</c>; null starts without a file, as a first run does.</summary>
    public string? Config { get; init; }

    /// <summary>The administrator's key, 32 characters or more; null starts without one.</summary>
    public string? AdminKey { get; init; } = SluiceProcess.DefaultAdminKey;

    /// <summary>Environment variables beside those that every start gets.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>A folder that outlives the process, for tests that start it again; null makes one of its own.</summary>
    public TempFolder? Folder { get; init; }
}

/// <summary>The real service as a child process on a free port, with its output captured.</summary>
public sealed partial class SluiceProcess : IAsyncDisposable
{
    public const string DefaultAdminKey = "sk-sluice-admin-canary-0123456789abcdef";

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TempFolder _folder;
    private readonly bool _ownsFolder;

    private SluiceProcess(Process process, TempFolder folder, bool ownsFolder, string? adminKey)
    {
        _process = process;
        _folder = folder;
        _ownsFolder = ownsFolder;
        AdminKey = adminKey;
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    /// <summary>Null where the service was started without one.</summary>
    public string? AdminKey { get; }

    public string ConfigFile => _folder.File("sluice.yaml");

    public string DataFolder => _folder.File("data");

    /// <summary>Everything written to standard output and standard error so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public bool HasExited => _process.HasExited;

    /// <summary>The names of the files that the process has mapped, such as <c>sluice.dll</c>.</summary>
    public IReadOnlySet<string> MappedFiles => File.ReadLines($"/proc/{_process.Id}/maps")
        .Select(line => Path.GetFileName(line[(line.LastIndexOf(' ') + 1)..]))
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>Resident memory in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            var line = File.ReadLines($"/proc/{_process.Id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
            return long.Parse(DigitsOf().Match(line).Value, CultureInfo.InvariantCulture) * 1024;
        }
    }

    /// <summary>Starts the service and waits until it listens; throws with its output when it ends first.</summary>
    public static async Task<SluiceProcess> StartAsync(SluiceStart start)
    {
        var sluice = await LaunchAsync(start);
        try
        {
            await sluice.ListeningAsync();
            return sluice;
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException)
        {
            var output = sluice.Output;
            await sluice.DisposeAsync();
            throw new InvalidOperationException($"{e.Message} Its output:\n{output}", e);
        }
    }

    /// <summary>Starts the service without waiting for it: for tests that end it while it starts.</summary>
    public static async Task<SluiceProcess> LaunchAsync(SluiceStart start)
    {
        var folder = start.Folder ?? new TempFolder();
        List<string> arguments = ["serve", "--urls", "http://127.0.0.1:0", "--data", folder.File("data")];
        if (start.Config is not null)
        {
            await File.WriteAllTextAsync(folder.File("sluice.yaml"), start.Config);
            arguments.AddRange(["--config", folder.File("sluice.yaml")]);
        }

        var info = CommandLine(arguments);
        info.WorkingDirectory = folder.Path;
        if (start.AdminKey is not null)
        {
            info.Environment["SLUICE_ADMIN_KEY"] = start.AdminKey;
        }

        foreach (var (name, value) in start.Environment)
        {
            info.Environment[name] = value;
        }

        var process = new Process { StartInfo = info, EnableRaisingEvents = true };
        var sluice = new SluiceProcess(process, folder, start.Folder is null, start.AdminKey);
        process.OutputDataReceived += (_, e) => sluice.Take(e.Data);
        process.ErrorDataReceived += (_, e) => sluice.Take(e.Data);
        process.Exited += (_, _) => sluice._address.TrySetException(new InvalidOperationException("The service ended before it listened."));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return sluice;
    }

    /// <summary>Runs a command of the service to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        IReadOnlyList<string> arguments,
        string? workingDirectory = null,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var info = CommandLine(arguments);
        info.WorkingDirectory = workingDirectory ?? Path.GetTempPath();
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            info.Environment[name] = value;
        }

        using var process = Process.Start(info)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WithinAsync($"sluice {string.Join(' ', arguments)}", TimeSpan.FromSeconds(30));
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return (process.ExitCode, await output, await error);
    }

    /// <summary>A client that carries the administrator's key.</summary>
    public GatewayClient Administrator() => new(Address, AdminKey);

    /// <summary>A client that carries a key.</summary>
    public GatewayClient Client(string key) => new(Address, key);

    /// <summary>Waits until the service listens; throws when it ends first.</summary>
    public async Task ListeningAsync()
        => Address = await _address.Task.WithinAsync("the service listening", TimeSpan.FromSeconds(30));

    /// <summary>Asks the process to end, as a service manager would, without waiting.</summary>
    public Task TerminateAsync() => SignalAsync("TERM");

    /// <summary>Sends a signal, such as <c>STOP</c>, to this process alone.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits for the end and returns the exit code.</summary>
    public async Task<int> ExitAsync(TimeSpan? within = null)
    {
        await _process.WaitForExitAsync().WithinAsync("the service's end", within ?? TimeSpan.FromSeconds(40));
        return _process.ExitCode;
    }

    /// <summary>Ends the process at once, as a crash would.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
        if (_ownsFolder)
        {
            _folder.Dispose();
        }
    }

    /// <summary>The built service: <c>SLUICE_BINARY</c> where set, else the build beside this one.</summary>
    private static ProcessStartInfo CommandLine(IReadOnlyList<string> arguments)
    {
        var binary = Environment.GetEnvironmentVariable("SLUICE_BINARY") ?? BuiltBeside();
        var info = binary.EndsWith(".dll", StringComparison.Ordinal)
            ? new ProcessStartInfo("dotnet", [binary, .. arguments])
            : new ProcessStartInfo(binary, arguments);
        info.RedirectStandardOutput = true;
        info.RedirectStandardError = true;
        info.UseShellExecute = false;

        // A developer's own vendor keys and settings must neither be used nor change what a test sees.
        foreach (var name in info.Environment.Keys.Where(n => n.EndsWith("_API_KEY", StringComparison.Ordinal)
            || n.StartsWith("SLUICE_", StringComparison.Ordinal)
            || n.StartsWith("ASPNETCORE_", StringComparison.Ordinal)
            || n.StartsWith("OTEL_", StringComparison.Ordinal)).ToList())
        {
            info.Environment.Remove(name);
        }

        info.Environment["NO_COLOR"] = "1";
        return info;
    }

    private static string BuiltBeside()
    {
        // artifacts/bin/PROJECT/CONFIGURATION/ is where every project of the solution is built.
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var path = Path.Combine(own.Parent!.Parent!.FullName, "Sluice", own.Name, "sluice.dll");
        return File.Exists(path) ? path : throw new FileNotFoundException("Build the service first.", path);
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.AppendLine(line);
        }

        if (Listening().Match(line) is { Success: true } match)
        {
            _address.TrySetResult(new Uri(match.Groups["url"].Value));
        }
    }

    [GeneratedRegex("""(?i)listening( on)?:? *"?(?<url>http://127\.0\.0\.1:[1-9][0-9]*)""")]
    private static partial Regex Listening();

    [GeneratedRegex("[0-9]+")]
    private static partial Regex DigitsOf();
}
