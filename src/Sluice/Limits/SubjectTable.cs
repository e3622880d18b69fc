using System.Collections.Concurrent;
using Sluice.Configuration;

namespace Sluice.Limits;

/// <summary>
/// The limiters of one scope, made when a subject first calls: the first rule that matches its name sets its limits. Finding one
/// takes no lock. Clients choose models and addresses, so only so many subjects are remembered: when there are more, those that
/// were idle longest are forgotten, and what they had counted with them; never one whose call is in flight.
/// </summary>
/// <typeparam name="TSubject">What subjects are told apart by.</typeparam>
/// <param name="scope">Whom the limiters count.</param>
/// <param name="capacity">Subjects to remember; each takes up to about 2 KB.</param>
internal sealed class SubjectTable<TSubject>(LimitScope scope, int capacity)
    where TSubject : notnull
{
    /// <summary>An eighth is forgotten at a time, so that a newcomer does not pay for looking at all.</summary>
    private const int PartForgotten = 8;

    private readonly ConcurrentDictionary<TSubject, Remembered> _remembered = new();
    private readonly Lock _changes = new();
    private LimitRuleConfig[] _rules = [];

    /// <summary>The size of the dictionary, which would take all its locks to count.</summary>
    private int _count;

    /// <summary>Above the capacity where forgetting found too few to forget.</summary>
    private int _most;

    /// <summary>Subjects that are remembered now.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Puts other rules in force. Who is limited before and after keeps what is counted.</summary>
    public void SetRules(LimitRuleConfig[] rules)
    {
        lock (_changes)
        {
            Volatile.Write(ref _rules, rules);
            foreach (var (subject, known) in _remembered)
            {
                if (RuleFor(known.Name) is { } rule)
                {
                    known.Limiter.Update(rule.Limits);
                }
                else if (_remembered.TryRemove(subject, out _))
                {
                    // Calls that have found it already are let in, as they would be a moment later.
                    known.Limiter.Update(new LimitsConfig());
                    _count--;
                }
            }
        }
    }

    /// <summary>The limiter of a subject; null where no rule matches it.</summary>
    /// <param name="subject">Whom the call counts for.</param>
    /// <param name="name">What rules match; the subject's own text where null.</param>
    public SubjectLimiter? Find(TSubject subject, string? name)
    {
        if (Volatile.Read(ref _rules).Length == 0)
        {
            return null;
        }

        return _remembered.TryGetValue(subject, out var known) ? known.Limiter : Add(subject, name ?? subject.ToString()!);
    }

    private SubjectLimiter? Add(TSubject subject, string name)
    {
        if (RuleFor(name) is null)
        {
            return null;
        }

        lock (_changes)
        {
            // Others may have added it, or changed the rules, in between.
            if (_remembered.TryGetValue(subject, out var known))
            {
                return known.Limiter;
            }

            if (RuleFor(name) is not { } rule)
            {
                return null;
            }

            if (_count >= Math.Max(_most, capacity))
            {
                Forget();
            }

            var limiter = new SubjectLimiter(rule.Limits, scope);
            _remembered[subject] = new Remembered(limiter, name);
            _count++;
            return limiter;
        }
    }

    private LimitRuleConfig? RuleFor(string name)
    {
        foreach (var rule in Volatile.Read(ref _rules))
        {
            if (NamePattern.Matches(rule.Match, name))
            {
                return rule;
            }
        }

        return null;
    }

    private void Forget()
    {
        foreach (var (subject, known) in _remembered.Where(entry => entry.Value.Limiter.InFlight == 0).OrderBy(entry => entry.Value.Limiter.UsedAt))
        {
            if (_count <= capacity - (capacity / PartForgotten))
            {
                break;
            }

            if (known.Limiter.TryRetire() && _remembered.TryRemove(subject, out _))
            {
                _count--;
            }
        }

        // Where most have calls in flight, looking again at every newcomer would find as little.
        _most = _count + (capacity / PartForgotten);
    }

    private sealed record Remembered(SubjectLimiter Limiter, string Name);
}
