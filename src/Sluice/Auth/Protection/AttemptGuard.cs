using System.Collections.Concurrent;
using System.Net;
using Sluice.Configuration;
using Sluice.Limits;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Auth.Protection;

/// <summary>
/// Counts failed sign-ins by the connection's address, one bucket for every entrance, and by account. A success clears both. An
/// account is locked only by ten times as many failures, so that few strangers can lock its owner out.
/// </summary>
internal sealed class AttemptGuard(IConfigurationSource configuration, TimeProvider time)
{
    private const int AccountFactor = 10;

    /// <summary>Beyond it, buckets that have nothing to say any more are dropped.</summary>
    private const int ManyBuckets = 10_000;

    /// <summary>How long to wait while others from the same address are being checked.</summary>
    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);

    /// <summary>Begins an attempt; end it with one of <see cref="Attempt"/>'s methods.</summary>
    /// <param name="address">The connection's; null for a socket without one.</param>
    /// <param name="account">Whatever names the account, as the client sent it; null for none.</param>
    /// <param name="attempt">What to end.</param>
    /// <returns>Null, or how long to stay away.</returns>
    public TimeSpan? Begin(IPAddress? address, string? account, out Attempt attempt)
    {
        attempt = default;
        var rules = Rules;
        if (rules.Failures == 0)
        {
            return null;
        }

        var now = Now;
        if (_buckets.Count > ManyBuckets)
        {
            Sweep(rules, now);
        }

        var byAddress = Of("address|" + (address is null ? "" : AddressSubject.Of(address).ToString()));
        if (byAddress.TryEnter(rules.Failures, rules, now) is { } wait)
        {
            return wait;
        }

        var byAccount = account is null ? null : Of("account|" + account);
        if (byAccount?.TryEnter((long)rules.Failures * AccountFactor, rules, now) is { } longer)
        {
            byAddress.Leave();
            return longer;
        }

        attempt = new Attempt(this, byAddress, byAccount);
        return null;
    }

    private LockoutConfig Rules => configuration.Current.Config.Auth.Lockout;

    private DateTimeOffset Now => time.GetUtcNow();

    private Bucket Of(string key) => _buckets.GetOrAdd(key, static _ => new Bucket());

    private void Sweep(LockoutConfig rules, DateTimeOffset now)
    {
        foreach (var (key, bucket) in _buckets)
        {
            if (bucket.IsIdle(rules, now))
            {
                _buckets.TryRemove(key, out _);
            }
        }
    }

    /// <summary>One try to sign in. Ended exactly once.</summary>
    internal readonly struct Attempt
    {
        private readonly AttemptGuard? _guard;
        private readonly Bucket? _address;
        private readonly Bucket? _account;

        internal Attempt(AttemptGuard guard, Bucket address, Bucket? account) => (_guard, _address, _account) = (guard, address, account);

        /// <summary>The password was right: what failed before is forgotten.</summary>
        public void Succeed()
        {
            _address?.Clear();
            _account?.Clear();
        }

        public void Fail()
        {
            if (_guard is not null)
            {
                var (rules, now) = (_guard.Rules, _guard.Now);
                _address?.Fail(rules.Failures, rules, now);
                _account?.Fail((long)rules.Failures * AccountFactor, rules, now);
            }
        }

        /// <summary>Nothing was found out.</summary>
        public void Cancel()
        {
            _address?.Leave();
            _account?.Leave();
        }
    }

    internal sealed class Bucket
    {
        private readonly Lock _lock = new();
        private long _failures;
        private long _inside;
        private DateTimeOffset _since;
        private DateTimeOffset _lockedUntil;

        public TimeSpan? TryEnter(long most, LockoutConfig rules, DateTimeOffset now)
        {
            lock (_lock)
            {
                if (_lockedUntil > now)
                {
                    return _lockedUntil - now;
                }

                if (_failures > 0 && (now - _since >= rules.Window || _failures >= most))
                {
                    _failures = 0;
                }

                // Those being checked may fail yet: a burst gets no more guesses than a row.
                if (_failures + _inside >= most)
                {
                    return Busy;
                }

                _inside++;
                return null;
            }
        }

        public void Leave()
        {
            lock (_lock)
            {
                _inside--;
            }
        }

        public void Clear()
        {
            lock (_lock)
            {
                (_inside, _failures, _lockedUntil) = (_inside - 1, 0, default);
            }
        }

        public void Fail(long most, LockoutConfig rules, DateTimeOffset now)
        {
            lock (_lock)
            {
                _inside--;
                _since = _failures++ == 0 ? now : _since;
                if (_failures >= most)
                {
                    _lockedUntil = now + rules.Duration;
                }
            }
        }

        public bool IsIdle(LockoutConfig rules, DateTimeOffset now)
        {
            lock (_lock)
            {
                return _inside == 0 && _lockedUntil <= now && (_failures == 0 || now - _since >= rules.Window);
            }
        }
    }
}
