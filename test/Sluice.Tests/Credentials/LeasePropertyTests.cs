using FsCheck;
using FsCheck.Fluent;
using Sluice.Configuration;
using Sluice.Credentials;
using Sluice.Protocol;

namespace Sluice.Tests.Credentials;

/// <summary>
/// Concurrency of a credential is never exceeded, whatever many threads do with it at once, and is 0 when idle. The control
/// shows that the storm would find a count without the guard.
/// </summary>
public sealed class LeasePropertyTests
{
    private const int Threads = 4;

    private static readonly LeaseCaps Caps = new(All: 5, Image: 3, Video: 1);

    [Fact]
    public async Task Lease_AMillionOperationsAtOnce_NeverExceedsABoundAndEndsAtZero()
    {
        var pool = new Pool(3);

        var exceeded = await StormAsync(pool, operations: 1_000_000, slot => BoundOf(KindOf(slot)), slot => slot.TryLease(0, KindOf(slot)));

        exceeded.ShouldBe(0);
        pool.Taken.ShouldBeGreaterThan(1000);
        pool.Slots.ShouldAllBe(slot => slot.Health.InFlight == 0);
        pool.Slots.ShouldAllBe(slot => pool.Board.CanAsk(slot.Index, 0), "no place may stay hidden");
    }

    [Fact]
    public async Task Lease_ControlWithoutTheGuard_IsFoundOut()
    {
        var pool = new Pool(3);

        // Looks, and then takes: what the guard does in one step.
        var exceeded = await StormAsync(pool, operations: 1_000_000, _ => Caps.All, slot =>
        {
            if (slot.Health.InFlight >= Caps.All)
            {
                return null;
            }

            Thread.Yield();
            return slot.Health.TryTake(new LeaseCaps(0), CallKind.Text, 0) ? new CredentialLease(slot, CallKind.Text) : null;
        });

        exceeded.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Lease_AnyOrderOfOperations_AgreesWithAModel()
    {
        var steps = Gen.Choose(0, 99).ArrayOf(200);
        Prop.ForAll(steps.ToArbitrary(), Agrees).QuickCheckThrowOnFailure();
    }

    /// <summary>One credential against plain numbers: takes of each kind, releases (also twice), rests and hand.</summary>
    private static bool Agrees(int[] steps)
    {
        var slot = new Pool(1).Slots[0];
        var held = new List<CredentialLease>();
        var (now, restsUntil, disabled) = (0L, 0L, false);
        foreach (var step in steps)
        {
            now++;
            switch (step)
            {
                case < 55:
                    var kind = (CallKind)(step % 3);
                    var ofKind = held.Count(lease => lease.Kind == kind);
                    var fits = !disabled && restsUntil <= now && held.Count < Caps.All && (Caps.For(kind) == 0 || ofKind < Caps.For(kind));
                    var lease = slot.TryLease(now, kind);
                    if (lease is not null != fits)
                    {
                        return false;
                    }

                    held.AddRange(lease is null ? [] : [lease]);
                    break;
                case < 90 when held.Count > 0:
                    var given = held[step % held.Count];
                    given.Release();
                    given.Release();
                    held.Remove(given);
                    break;
                case < 94:
                    restsUntil = Math.Max(restsUntil, now + (step % 7));
                    slot.Health.Limit(restsUntil, "used up");
                    break;
                case < 97:
                    disabled = true;
                    slot.Health.Set(CredentialState.Draining, "by hand");
                    break;
                case >= 97:
                    (disabled, restsUntil) = (false, 0);
                    slot.Health.Set(CredentialState.Ready, null);
                    break;
            }

            if (slot.Health.InFlight != held.Count || (slot.Health.StateAt(now) == CredentialState.Ready) != (!disabled && restsUntil <= now))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Takes and gives back at random from many threads; returns how often more were held than allowed.</summary>
    private static async Task<int> StormAsync(Pool pool, int operations, Func<CredentialSlot, int> bound, Func<CredentialSlot, CredentialLease?> take)
    {
        var exceeded = 0;
        await Task.WhenAll(Enumerable.Range(1, Threads).Select(seed => Task.Run(() =>
        {
            var random = new System.Random(seed);
            var held = new Stack<CredentialLease>();
            for (var i = 0; i < operations / Threads; i++)
            {
                if (held.Count > 0 && random.Next(2) == 0)
                {
                    var lease = held.Pop();
                    Interlocked.Decrement(ref pool.Held[lease.Slot.Index]);
                    lease.Release();
                    lease.Release();
                }
                else if (take(pool.Slots[random.Next(pool.Slots.Length)]) is { } taken)
                {
                    Interlocked.Increment(ref pool.Taken);
                    if (Interlocked.Increment(ref pool.Held[taken.Slot.Index]) > bound(taken.Slot))
                    {
                        Interlocked.Increment(ref exceeded);
                    }

                    held.Push(taken);
                }
            }

            while (held.TryPop(out var rest))
            {
                Interlocked.Decrement(ref pool.Held[rest.Slot.Index]);
                rest.Release();
            }
        })));
        return exceeded;
    }

    /// <summary>The first credential makes texts, the second images, the third videos.</summary>
    private static CallKind KindOf(CredentialSlot slot) => (CallKind)slot.Index;

    private static int BoundOf(CallKind kind) => kind == CallKind.Text ? Caps.All : Caps.For(kind);

    private sealed class Pool
    {
        public int Taken;

        public Pool(int count)
        {
            Board = new ReadyBoard(count);
            Held = new int[count];
            Slots = [.. Enumerable.Range(0, count).Select(i => new CredentialSlot(
                "p", i, new CredentialConfig { Name = $"k{i}", MaxConcurrency = Caps.All, ImageConcurrency = Caps.Image, VideoConcurrency = Caps.Video }, new CredentialHealth(), null!))];
            foreach (var slot in Slots)
            {
                slot.Health.Show(Board, slot.Index);
            }
        }

        public ReadyBoard Board { get; }

        public int[] Held { get; }

        public CredentialSlot[] Slots { get; }
    }
}
