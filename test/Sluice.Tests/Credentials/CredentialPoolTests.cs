using Sluice.Configuration;
using Sluice.Credentials;
using Sluice.Protocol;

namespace Sluice.Tests.Credentials;

public sealed class CredentialPoolTests
{
    [Fact]
    public void TryLease_ByTurn_SharesByWeight()
    {
        var (pool, _) = Make(1, 3, 0);
        var counts = Count(pool, 1000, _ => 0);

        counts.ShouldBe([250, 750, 0], tolerance: 10);
    }

    [Fact]
    public void TryLease_ManyConversations_ShareByWeight()
    {
        var (pool, _) = Make(1, 3, 0);
        var counts = Count(pool, 20_000, i => StableHash.Mix((ulong)i));

        counts.ShouldBe([5000, 15_000, 0], tolerance: 1500);
    }

    [Fact]
    public void TryLease_Conversation_KeepsItsCredentialWhileThatIsReady()
    {
        var (pool, slots) = Make([.. Enumerable.Repeat(1, 50)]);
        const ulong conversation = 0x1234_5678_9abc_def0;
        var own = Lease(pool, conversation);
        Enumerable.Range(0, 100).ShouldAllBe(_ => Lease(pool, conversation) == own);

        slots[own].Health.Fail(Setbacks.Rest(100));
        var second = Lease(pool, conversation, now: 50);
        second.ShouldNotBe(own);
        Lease(pool, conversation, now: 99).ShouldBe(second, "while its own rests it has one other");
        Lease(pool, conversation, now: 100).ShouldBe(own);
    }

    [Fact]
    public void TryLease_ConversationWithMostOut_StaysWithTheBestThatIsLeft()
    {
        var (pool, slots) = Make([.. Enumerable.Repeat(1, 1000)]);
        foreach (var slot in slots.Where(slot => slot.Index % 100 != 7))
        {
            slot.Health.Fail(Setbacks.Rest(100));
        }

        var used = new HashSet<int>();
        for (var i = 0UL; i < 200; i++)
        {
            var conversation = StableHash.Mix(i + 1);
            var chosen = Lease(pool, conversation);
            (chosen % 100).ShouldBe(7);
            Lease(pool, conversation).ShouldBe(chosen);
            used.Add(chosen);
        }

        used.Count.ShouldBe(10, "conversations spread over what is left");
    }

    [Fact]
    public void TryLease_ACredentialLess_MovesNoConversationButItsOwn()
    {
        var (whole, slots) = Make([.. Enumerable.Repeat(1, 20)]);
        var conversations = Enumerable.Range(0, 2000).Select(i => StableHash.Mix((ulong)i)).ToList();
        var before = conversations.ConvertAll(one => slots[Lease(whole, one)].Name);

        CredentialSlot[] fewer = [.. slots.Where(slot => slot.Name != "k3").Select((slot, i) => Slot(i, slot.Config))];
        var pool = new CredentialPool(fewer);

        var moved = conversations.Where((one, i) => before[i] != "k3" && fewer[Lease(pool, one)].Name != before[i]).Count();
        moved.ShouldBe(0);
    }

    [Fact]
    public void TryLease_TriedBusyOrOut_FindsTheOneThatIsLeft()
    {
        var (pool, slots) = Make([.. Enumerable.Repeat(1, 100)], most: 1);
        foreach (var slot in slots.Take(97))
        {
            slot.TryLease(0).ShouldNotBeNull();
        }

        slots[97].Health.Set(CredentialState.Disabled, null);

        foreach (var conversation in new ulong[] { 0, 99, 12345 })
        {
            var lease = pool.TryLease([98], 0, conversation, CallKind.Text).ShouldNotBeNull();
            lease.Slot.Index.ShouldBe(99);
            pool.TryLease([98], 0, conversation, CallKind.Text).ShouldBeNull();
            lease.Release();
        }
    }

    [Fact]
    public void TryLease_FullAndFreeAgain_IsAskedAgain()
    {
        var (pool, _) = Make([1, 1], most: 1);
        for (var i = 0; i < 100; i++)
        {
            var first = pool.TryLease([], 0, 0, CallKind.Text).ShouldNotBeNull();
            var second = pool.TryLease([], 0, 0, CallKind.Text).ShouldNotBeNull();
            pool.TryLease([], 0, 0, CallKind.Text).ShouldBeNull();
            second.Release();
            pool.TryLease([], 0, 0, CallKind.Text).ShouldNotBeNull().Release();
            first.Release();
        }
    }

    [Fact]
    public void TryLease_NoPositiveWeight_TakesEachInTurn()
    {
        var (pool, _) = Make(0, 0, 0);

        Count(pool, 300, _ => 0).ShouldBe([100, 100, 100], tolerance: 1);
    }

    [Fact]
    public void TryLease_StateOfASharedHealthChanges_EveryPoolSeesIt()
    {
        var (first, slots) = Make(1, 1);
        var second = new CredentialPool(slots);

        slots[0].Health.Set(CredentialState.Disabled, null);
        Count(first, 10, _ => 0)[0].ShouldBe(0);
        Count(second, 10, _ => 0)[0].ShouldBe(0);

        slots[0].Health.Set(CredentialState.Ready, null);
        Count(first, 10, _ => 0)[0].ShouldBe(5);
        Count(second, 10, _ => 0)[0].ShouldBe(5);
    }

    private static int Lease(CredentialPool pool, ulong conversation, long now = 0)
    {
        var lease = pool.TryLease([], now, conversation, CallKind.Text).ShouldNotBeNull();
        lease.Release();
        return lease.Slot.Index;
    }

    private static double[] Count(CredentialPool pool, int calls, Func<int, ulong> conversation)
    {
        var counts = new double[3];
        for (var i = 0; i < calls; i++)
        {
            counts[Lease(pool, conversation(i))]++;
        }

        return counts;
    }

    private static (CredentialPool Pool, CredentialSlot[] Slots) Make(params int[] weights) => Make(weights, most: 0);

    private static (CredentialPool Pool, CredentialSlot[] Slots) Make(int[] weights, int most)
    {
        CredentialSlot[] slots = [.. weights.Select((weight, i) => Slot(i, new CredentialConfig { Name = $"k{i}", Weight = weight, MaxConcurrency = most }))];
        return (new CredentialPool(slots), slots);
    }

    private static CredentialSlot Slot(int index, CredentialConfig config) => new("p", index, config, new CredentialHealth(), null!);
}
