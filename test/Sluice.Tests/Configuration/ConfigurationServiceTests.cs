using Microsoft.Extensions.Logging;
using Sluice.Configuration;

namespace Sluice.Tests.Configuration;

public sealed class ConfigurationServiceTests : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);

    private readonly ConfigurationFolder _folder = new("server: { drain_seconds: 1 }");
    private readonly RecordingLogger _logger = new();
    private ConfigurationService? _service;

    [Fact]
    public void Constructor_Mistakes_ThrowWithAllOfThem()
    {
        _folder.Write("server: { drain_seconds: -1, urls: x }");

        var e = Should.Throw<ConfigException>(() => CreateSut());

        e.Errors.Count.ShouldBe(2);
        e.Message.ShouldContain("sluice.yaml:1: server.drain_seconds: must not be negative");
    }

    [Fact]
    public async Task ReloadAsync_ChangedFile_SwapsTheSnapshotAndAnnounces()
    {
        var sut = CreateSut();
        var announced = new List<ConfigSnapshot>();
        sut.Changed += announced.Add;
        _folder.Write("server: { drain_seconds: 2 }");

        (await sut.ReloadAsync(CancellationToken.None)).ShouldBeEmpty();

        (sut.Current.Config.Server.DrainSeconds, sut.Current.Generation).ShouldBe((2, 2L));
        announced.ShouldHaveSingleItem().ShouldBeSameAs(sut.Current);
    }

    [Fact]
    public async Task ReloadAsync_BadFile_KeepsTheOldSnapshotAndLogsWhy()
    {
        var sut = CreateSut();
        var before = sut.Current;
        _folder.Write("server: { drain_secnds: 2 }");

        var errors = await sut.ReloadAsync(CancellationToken.None);

        errors.ShouldHaveSingleItem().Message.ShouldContain("did you mean \"drain_seconds\"?");
        sut.Current.ShouldBeSameAs(before);
        _logger.Messages.ShouldContain(m => m.Contains("sluice.yaml:1: server.drain_secnds", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ReloadAsync_FileIsGone_KeepsTheOldSnapshot()
    {
        var sut = CreateSut();
        File.Delete(_folder.File());

        (await sut.ReloadAsync(CancellationToken.None)).ShouldHaveSingleItem().Message.ShouldBe("the file is gone");

        sut.Current.Generation.ShouldBe(1);
    }

    [Fact]
    public async Task ReloadAsync_AtTheSameTime_GivesEachChangeItsGeneration()
    {
        var sut = CreateSut();
        var seen = new System.Collections.Concurrent.ConcurrentBag<long>();
        sut.Changed += s => seen.Add(s.Generation);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => sut.ReloadAsync(CancellationToken.None))));

        seen.Order().ShouldBe(Enumerable.Range(2, 20).Select(i => (long)i));
        sut.Current.Generation.ShouldBe(21);
    }

    [Fact]
    public async Task ReloadAsync_AListenerThrows_TheOthersHearIt()
    {
        var sut = CreateSut();
        var heard = false;
        sut.Changed += _ => throw new InvalidOperationException();
        sut.Changed += _ => heard = true;

        await sut.ReloadAsync(CancellationToken.None);

        heard.ShouldBeTrue();
    }

    [Fact]
    public async Task Overlay_Changed_IsMergedAnew()
    {
        var overlay = new FakeOverlay();
        var sut = CreateSut(overlay);
        sut.Current.Config.Providers.ShouldContain(p => p.Name == "from-database-0");

        overlay.Raise();

        await Until(() => sut.Current.Generation == 2);
        sut.Current.Config.Providers.ShouldContain(p => p.Name == "from-database-1");
    }

    [Fact]
    public async Task Overlay_ChangedWhileTheFileIsBad_StandsOnTheLastGoodFile()
    {
        var overlay = new FakeOverlay();
        var sut = CreateSut(overlay);
        _folder.Write("server: { nonsense: 1 }");
        (await sut.ReloadAsync(CancellationToken.None)).ShouldNotBeEmpty();

        overlay.Raise();

        await Until(() => sut.Current.Generation == 2);
        sut.Current.Config.Server.DrainSeconds.ShouldBe(1);
        sut.Current.Config.Providers.ShouldContain(p => p.Name == "from-database-1");
    }

    [Fact]
    public async Task Watch_FileWrittenInPlace_IsReloaded()
    {
        var sut = await StartSut();

        _folder.Write("server: { drain_seconds: 2 }");

        await Until(() => sut.Current.Config.Server.DrainSeconds == 2);
    }

    [Fact]
    public async Task Watch_FileReplacedByRename_IsReloaded()
    {
        var sut = await StartSut();

        // As editors save: a new file takes the name.
        _folder.Write("server: { drain_seconds: 3 }", "sluice.yaml.tmp");
        File.Move(_folder.File("sluice.yaml.tmp"), _folder.File(), overwrite: true);

        await Until(() => sut.Current.Config.Server.DrainSeconds == 3);
    }

    [Fact]
    public async Task Watch_LinkSwapped_IsReloaded()
    {
        // As Kubernetes mounts settings: sluice.yaml → ..data/sluice.yaml, and ..data → a folder per version.
        File.Delete(_folder.File());
        Directory.CreateDirectory(_folder.File("..v1"));
        Directory.CreateDirectory(_folder.File("..v2"));
        _folder.Write("server: { drain_seconds: 1 }", "..v1/sluice.yaml");
        _folder.Write("server: { drain_seconds: 4 }", "..v2/sluice.yaml");
        Directory.CreateSymbolicLink(_folder.File("..data"), "..v1");
        File.CreateSymbolicLink(_folder.File(), "..data/sluice.yaml");
        var sut = await StartSut();

        Directory.CreateSymbolicLink(_folder.File("..data_tmp"), "..v2");
        using var rename = System.Diagnostics.Process.Start("mv", ["-T", _folder.File("..data_tmp"), _folder.File("..data")]);
        await rename.WaitForExitAsync();

        await Until(() => sut.Current.Config.Server.DrainSeconds == 4);
    }

    [Fact]
    public async Task Watch_ReferencedSecretRotated_IsReloaded()
    {
        _folder.Write("old", "secret");
        _folder.Write("keys: [ { name: k, key: file:secret } ]");
        var sut = await StartSut();

        _folder.Write("new", "secret");

        await Until(() => sut.Current.Config.Keys[0].Key.Reveal() == "new");
    }

    [Fact]
    public async Task Watch_FileAppearsLater_IsRead()
    {
        File.Delete(_folder.File());
        var sut = await StartSut();
        sut.File.ShouldBeNull();

        _folder.Write("server: { drain_seconds: 5 }");

        await Until(() => sut.Current.Config.Server.DrainSeconds == 5);
    }

    [Fact]
    public async Task Watch_BadFileThenGoodFile_TheGoodOneComesIntoForce()
    {
        var sut = await StartSut();

        _folder.Write("server: { drain_seconds: nonsense }");
        await Until(() => _logger.Messages.Any(m => m.Contains("stays in force", StringComparison.Ordinal)));
        sut.Current.Generation.ShouldBe(1);
        _folder.Write("server: { drain_seconds: 6 }");

        await Until(() => sut.Current.Config.Server.DrainSeconds == 6);
    }

    public async ValueTask DisposeAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }

        _folder.Dispose();
    }

    private ConfigurationService CreateSut(IConfigurationOverlay? overlay = null)
        => _service = new ConfigurationService(
            _folder.CreateLoader(),
            TimeProvider.System,
            _logger,
            overlay,
            new ConfigurationWatchOptions { Debounce = TimeSpan.FromMilliseconds(20), Poll = TimeSpan.FromMilliseconds(100) });

    private async Task<ConfigurationService> StartSut()
    {
        var sut = CreateSut();
        await sut.StartAsync(CancellationToken.None);
        return sut;
    }

    private static async Task Until(Func<bool> condition)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(Deadline, "the condition did not come true");
            await Task.Delay(10);
        }
    }

    private sealed class FakeOverlay : IConfigurationOverlay
    {
        private int _version;

        public event Action? Changed;

        public SluiceConfig Apply(SluiceConfig config)
            => config with { Providers = [.. config.Providers, new ProviderConfig { Name = $"from-database-{_version}", Type = "openai", Origin = ConfigOrigin.Database }] };

        public void Raise()
        {
            _version++;
            Changed?.Invoke();
        }
    }

    private sealed class RecordingLogger : ILogger<ConfigurationService>
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> _messages = new();

        public IEnumerable<string> Messages => _messages;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => _messages.Enqueue(formatter(state, exception));
    }
}
