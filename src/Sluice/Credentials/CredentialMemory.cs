using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Sluice.Configuration;
using Sluice.Storage;

namespace Sluice.Credentials;

/// <summary>
/// Carries what is known of credentials across restarts: rests, quotas that are used up, what was taken out and why. A change
/// marks its credential; what is marked is written about once a second, all in one transaction, and never by a call.
/// </summary>
internal sealed partial class CredentialMemory : IHostedService, IDisposable
{
    private static readonly TimeSpan WriteInterval = TimeSpan.FromSeconds(1);

    private readonly CredentialStateStore _store;
    private readonly MasterKey _masterKey;
    private readonly TimeProvider _time;
    private readonly ILogger<CredentialMemory> _logger;
    private readonly ConcurrentQueue<Kept> _marked = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Lazy<Dictionary<(string, string), StoredCredentialState>> _stored;
    private ITimer? _timer;

    public CredentialMemory(CredentialStateStore store, MasterKey masterKey, TimeProvider time, ILogger<CredentialMemory> logger)
    {
        (_store, _masterKey, _time, _logger) = (store, masterKey, time, logger);
        _stored = new(store.Load);
    }

    /// <summary>Gives a new health what an earlier process knew of the same credential, and keeps what it learns from now on.</summary>
    public void Attach(string provider, string name, Secret secret, CredentialHealth health)
    {
        var kept = new Kept(provider, name, Mark(secret), health);
        if (_stored.Value.TryGetValue((provider, name), out var state) && CryptographicOperations.FixedTimeEquals(state.Mark, kept.Mark))
        {
            state.ApplyTo(health, _time);
        }

        health.Changed = () => Note(kept);
    }

    /// <summary>Writes everything that is marked.</summary>
    public async Task WriteAsync()
    {
        await _writing.WaitAsync();
        try
        {
            // By name, the newest last: a credential whose secret has changed may be marked twice.
            var changed = new Dictionary<(string, string), StoredCredentialState>();
            while (_marked.TryDequeue(out var kept))
            {
                kept.IsMarked = 0;
                changed[(kept.Provider, kept.Name)] = StoredCredentialState.Of(kept.Provider, kept.Name, kept.Mark, kept.Health, _time);
            }

            if (changed.Count > 0)
            {
                await _store.SaveAsync(changed.Values);
            }
        }
        catch (Microsoft.Data.Sqlite.SqliteException e)
        {
            Log.NotKept(_logger, e.Message);
        }
        finally
        {
            _writing.Release();
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _timer = _time.CreateTimer(self => _ = ((CredentialMemory)self!).WriteAsync(), this, WriteInterval, WriteInterval);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_timer is { } timer)
        {
            await timer.DisposeAsync();
            await WriteAsync();
        }
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _writing.Dispose();
    }

    /// <summary>Tells a secret from another without giving it away: a part of its HMAC under a key that the database does not hold.</summary>
    private byte[] Mark(Secret secret) => HMACSHA256.HashData(_masterKey.Pepper, Encoding.UTF8.GetBytes("credential-state:" + secret.Reveal()))[..16];

    private void Note(Kept kept)
    {
        if (Interlocked.Exchange(ref kept.IsMarked, 1) == 0)
        {
            _marked.Enqueue(kept);
        }
    }

    private sealed class Kept(string provider, string name, byte[] mark, CredentialHealth health)
    {
        public int IsMarked;

        public string Provider { get; } = provider;
        public string Name { get; } = name;
        public byte[] Mark { get; } = mark;
        public CredentialHealth Health { get; } = health;
    }

    private static partial class Log
    {
        [LoggerMessage(2201, LogLevel.Warning, "The states of credentials could not be written and are forgotten at a restart: {Reason}")]
        public static partial void NotKept(ILogger logger, string reason);
    }
}
