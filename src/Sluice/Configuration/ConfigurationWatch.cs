namespace Sluice.Configuration;

/// <summary>How quickly a changed file is noticed.</summary>
internal sealed record ConfigurationWatchOptions
{
    /// <summary>How long the files must be quiet after an event before they are read. Default 200 ms: editors write in several steps.</summary>
    public TimeSpan Debounce { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How often the files are looked at without any event, for file systems that send none. Default 2 s.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(2);
}

/// <summary>
/// Notices that one of a few files has another content than before: by events of their folders where the system sends them, by looking
/// every two seconds where it does not. Calls back one at a time.
/// </summary>
internal sealed class ConfigurationWatch : IAsyncDisposable
{
    private readonly ConfigurationWatchOptions _options;
    private readonly TimeProvider _time;
    private readonly Func<Task> _changed;
    private readonly SemaphoreSlim _looking = new(1, 1);
    private readonly ITimer _timer;
    private readonly FileSystemWatcher? _events;
    private readonly string _fileName;
    private volatile FileStamp[] _stamps;
    private volatile bool _disposed;

    /// <param name="file">The configuration file; its folder's events are followed, whether it exists or not.</param>
    /// <param name="stamp">What the file looked like before it was read.</param>
    /// <param name="files">The files whose content counts besides.</param>
    /// <param name="changed">Called after a change; must not throw.</param>
    /// <param name="options">Times.</param>
    /// <param name="time">The clock and the timers.</param>
    public ConfigurationWatch(string file, FileStamp stamp, IEnumerable<string> files, Func<Task> changed, ConfigurationWatchOptions options, TimeProvider time)
    {
        (_changed, _options, _time) = (changed, options, time);
        _fileName = Path.GetFileName(file);
        _stamps = [stamp, .. files.Select(FileStamp.Take)];
        _timer = time.CreateTimer(_ => _ = LookAsync(), null, options.Poll, options.Poll);
        _events = FollowFolder(Path.GetDirectoryName(file));
    }

    /// <summary>Follows these files besides the configuration file. Those followed already keep what is known of them, so that no change is missed.</summary>
    public void Follow(IEnumerable<string> files)
    {
        var known = _stamps;
        _stamps = [known[0], .. files.Select(f => Array.Find(known, s => s.Path == f) ?? FileStamp.Take(f))];
    }

    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        _events?.Dispose();
        await _timer.DisposeAsync();
        await _looking.WaitAsync();
        _looking.Dispose();
    }

    private FileSystemWatcher? FollowFolder(string? folder)
    {
        if (folder is null || !Directory.Exists(folder))
        {
            return null;
        }

        try
        {
            var watcher = new FileSystemWatcher(folder);
            watcher.Changed += OnEvent;
            watcher.Created += OnEvent;
            watcher.Deleted += OnEvent;
            watcher.Renamed += OnEvent;
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (IOException)
        {
            // The user's inotify instances are used up: looking every two seconds serves.
            return null;
        }
    }

    // Kubernetes swaps a link named ..data; the file itself sees no event then.
    private void OnEvent(object sender, FileSystemEventArgs e)
    {
        if (!_disposed && (e.Name == _fileName || e.Name?.StartsWith("..", StringComparison.Ordinal) == true))
        {
            _timer.Change(_options.Debounce, _options.Poll);
        }
    }

    private async Task LookAsync()
    {
        if (_disposed || !await _looking.WaitAsync(0))
        {
            return;
        }

        try
        {
            var changed = false;
            var stamps = _stamps;
            for (var i = 0; i < stamps.Length; i++)
            {
                if (stamps[i].IfChanged(_time.GetUtcNow()) is { } stamp)
                {
                    stamps[i] = stamp;
                    changed = true;
                }
            }

            if (changed)
            {
                await _changed();
            }
        }
        finally
        {
            _looking.Release();
        }
    }
}
