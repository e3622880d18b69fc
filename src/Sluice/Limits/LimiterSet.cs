using System.Runtime.CompilerServices;
using Sluice.Configuration;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Limits;

/// <summary>
/// Decides over all limits of a call at once: its key's own, and those that the configuration's <c>limits</c> set for keys,
/// users, addresses, models and all together. All are checked, then all are taken, or none: a refused call counts nowhere.
/// Without such rules a call asks its key's limiter alone.
/// </summary>
internal sealed class LimiterSet : IDisposable
{
    /// <summary>Subjects of a scope that are remembered.</summary>
    private const int Capacity = 10_000;

    /// <summary>The one subject of the limits on all calls.</summary>
    private const string Everybody = "";

    /// <summary>The most of the rules' limiters that a call can come under: one of each scope.</summary>
    private const int MostOthers = 5;

    private readonly IConfigurationSource _configuration;
    private readonly SubjectTable<string> _keys;
    private readonly SubjectTable<string> _users;
    private readonly SubjectTable<AddressSubject> _addresses;
    private readonly SubjectTable<string> _models;
    private readonly SubjectTable<string> _all;
    private volatile bool _hasRules;

    public LimiterSet(IConfigurationSource configuration)
        : this(configuration, Capacity)
    {
    }

    /// <param name="configuration">Has the rules.</param>
    /// <param name="capacity">Subjects of a scope that are remembered.</param>
    internal LimiterSet(IConfigurationSource configuration, int capacity)
    {
        _configuration = configuration;
        _keys = new SubjectTable<string>(LimitScope.Key, capacity);
        _users = new SubjectTable<string>(LimitScope.User, capacity);
        _addresses = new SubjectTable<AddressSubject>(LimitScope.Address, capacity);
        _models = new SubjectTable<string>(LimitScope.Model, capacity);
        _all = new SubjectTable<string>(LimitScope.Global, capacity);
        configuration.Changed += SetRules;
        SetRules(configuration.Current);
    }

    /// <summary>Subjects that are remembered now, of all scopes.</summary>
    public int Subjects => _keys.Count + _users.Count + _addresses.Count + _models.Count + _all.Count;

    /// <summary>Takes one request, an upper bound of tokens and one slot of every limit that the call comes under, or nothing.</summary>
    /// <param name="subjects">Whom the call counts for.</param>
    /// <param name="demand">What it asks for.</param>
    /// <param name="hold">What was taken, for <see cref="LimitHold.Release"/>; empty when the call was refused.</param>
    public LimitDecision Acquire(in CallSubjects subjects, in LimitDemand demand, ref LimitHold hold)
    {
        if (!_hasRules)
        {
            return AcquireOwn(subjects.Own, in demand, ref hold);
        }

        while (true)
        {
            var found = default(Others);
            var count = Find(in subjects, ref found);
            if (count == 0)
            {
                return AcquireOwn(subjects.Own, in demand, ref hold);
            }

            // One that was forgotten between being found and being entered is made anew.
            if (TryEnter(subjects.Own, found[..count]))
            {
                try
                {
                    return Decide(subjects.Own, found[..count], in demand, ref hold);
                }
                finally
                {
                    Exit(subjects.Own, found[..count]);
                }
            }
        }
    }

    /// <summary>How the limits of a call stand, without taking anything.</summary>
    public LimitDecision Observe(in CallSubjects subjects, long now)
    {
        var decision = subjects.Own.Observe(now);
        if (_hasRules)
        {
            var found = default(Others);
            var count = Find(in subjects, ref found);
            foreach (var limiter in found[..count])
            {
                var other = limiter.Observe(now);
                decision = decision.With(other.Requests, other.Tokens);
            }
        }

        return decision;
    }

    public void Dispose() => _configuration.Changed -= SetRules;

    private static LimitDecision AcquireOwn(SubjectLimiter own, in LimitDemand demand, ref LimitHold hold)
    {
        var decision = own.Acquire(in demand, out var reserved);
        if (decision.Refused == LimitKind.None)
        {
            hold = new LimitHold { Own = own, OwnReserved = reserved, TakenAt = demand.Now };
        }

        return decision;
    }

    /// <summary>All limiters are held.</summary>
    private static LimitDecision Decide(SubjectLimiter own, ReadOnlySpan<SubjectLimiter> others, in LimitDemand demand, ref LimitHold hold)
    {
        var refused = own.Check(in demand, out var wait);
        var scope = own.Scope;
        foreach (var limiter in others)
        {
            // Whoever comes back before the longest wait is over is refused again.
            if (limiter.Check(in demand, out var longer) is var kind && longer > wait)
            {
                (refused, scope, wait) = (kind, limiter.Scope, longer);
            }
        }

        // The last that can fail: calls that need no lock take their slots of the key beside this one.
        if (refused == LimitKind.None && !own.TryTakeSlot())
        {
            (refused, scope, wait) = (LimitKind.Concurrency, own.Scope, 1);
        }

        if (refused == LimitKind.None)
        {
            Take(own, others, in demand, ref hold);
        }

        var decision = own.Describe(new LimitDecision(refused, scope, wait), demand.Now);
        foreach (var limiter in others)
        {
            decision = limiter.Describe(in decision, demand.Now);
        }

        return decision;
    }

    /// <summary>Takes what was checked, and the key's slot was taken already.</summary>
    private static void Take(SubjectLimiter own, ReadOnlySpan<SubjectLimiter> others, in LimitDemand demand, ref LimitHold hold)
    {
        var shares = new LimitHold.Share[others.Length];
        for (var i = 0; i < shares.Length; i++)
        {
            others[i].TryTakeSlot();
            shares[i] = new LimitHold.Share(others[i], others[i].TakeRates(in demand));
        }

        hold = new LimitHold { Own = own, OwnReserved = own.TakeRates(in demand), Others = shares, TakenAt = demand.Now };
    }

    /// <summary>Enters the key's own limiter and then the others, in the order in which everybody finds them.</summary>
    private static bool TryEnter(SubjectLimiter own, ReadOnlySpan<SubjectLimiter> others)
    {
        if (!own.TryEnter())
        {
            return false;
        }

        for (var i = 0; i < others.Length; i++)
        {
            if (!others[i].TryEnter())
            {
                Exit(own, others[..i]);
                return false;
            }
        }

        return true;
    }

    private static void Exit(SubjectLimiter own, ReadOnlySpan<SubjectLimiter> others)
    {
        for (var i = others.Length - 1; i >= 0; i--)
        {
            others[i].Exit();
        }

        own.Exit();
    }

    /// <summary>The rules' limiters of a call. Those that most calls share come last, so that they are held shortest.</summary>
    private int Find(in CallSubjects subjects, ref Others found)
    {
        var count = 0;
        Add(_keys.Find(subjects.KeyId, subjects.KeyName), ref found, ref count);
        if (subjects.User is { } user)
        {
            Add(_users.Find(user, null), ref found, ref count);
        }

        if (subjects.Address is { } address)
        {
            Add(_addresses.Find(AddressSubject.Of(address), null), ref found, ref count);
        }

        Add(_models.Find(subjects.Model, null), ref found, ref count);
        Add(_all.Find(Everybody, null), ref found, ref count);
        return count;
    }

    private static void Add(SubjectLimiter? limiter, ref Others found, ref int count)
    {
        if (limiter is not null)
        {
            found[count++] = limiter;
        }
    }

    private void SetRules(ConfigSnapshot snapshot)
    {
        var rules = snapshot.Config.Limits;
        _keys.SetRules(Of(rules, "key"));
        _users.SetRules(Of(rules, "user"));
        _addresses.SetRules(Of(rules, "address"));
        _models.SetRules(Of(rules, "model"));
        _all.SetRules(Of(rules, "global"));
        _hasRules = rules.Count > 0;
    }

    private static LimitRuleConfig[] Of(IReadOnlyList<LimitRuleConfig> rules, string per) => [.. rules.Where(rule => rule.Per == per)];

    [InlineArray(MostOthers)]
    private struct Others
    {
        private SubjectLimiter _first;
    }
}
