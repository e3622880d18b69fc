using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Sluice.Journal;

/// <summary>
/// Ends waits on a thread of the sockets instead of the journal's own. What goes on after a wait sends bytes and takes far
/// longer than the wait's end; on the journal's thread the next commit would stand still meanwhile. One byte through a
/// socket pair wakes the receiving end, whose completion runs inline on the thread that polls the sockets.
/// </summary>
internal sealed partial class CompletionLane : IDisposable
{
    private const int UsualCount = 256;

    private const int UnixFamily = 1;
    private const int DatagramCloseOnExec = 0x80002;

    private static readonly byte[] Signal = [1];

    private readonly Lock _lock = new();
    private readonly Socket _sender;
    private readonly Socket _receiver;
    private readonly SocketAsyncEventArgs _arrival = new();
    private Ended[] _filling = new Ended[UsualCount];
    private Ended[] _spare = new Ended[UsualCount];
    private int _count;
    private bool _signalled;

    private CompletionLane(Socket sender, Socket receiver)
    {
        _sender = sender;
        _receiver = receiver;
        _arrival.SetBuffer(new byte[16]);
        _arrival.Completed += (_, _) => Receive();
        if (!_receiver.ReceiveAsync(_arrival))
        {
            Receive();
        }
    }

    /// <summary>Makes a lane; null where the system has no socket pairs.</summary>
    public static CompletionLane? TryOpen()
    {
        Span<int> pair = stackalloc int[2];
        if (!OperatingSystem.IsLinux() || SocketPair(UnixFamily, DatagramCloseOnExec, 0, pair) != 0)
        {
            return null;
        }

        return new CompletionLane(new Socket(new SafeSocketHandle(pair[0], ownsHandle: true)), new Socket(new SafeSocketHandle(pair[1], ownsHandle: true)));
    }

    /// <summary>Puts the end of a wait into the lane; <see cref="Send"/> starts it.</summary>
    public void Add(JournalWaiter waiter, long sequence)
    {
        lock (_lock)
        {
            if (_count == _filling.Length)
            {
                Array.Resize(ref _filling, Math.Max(UsualCount, _count * 2));
            }

            _filling[_count++] = new Ended(waiter, sequence);
        }
    }

    /// <summary>Wakes the other end, unless it is awake.</summary>
    public void Send()
    {
        lock (_lock)
        {
            if (_signalled || _count == 0)
            {
                return;
            }

            _signalled = true;
        }

        _sender.Send(Signal);
    }

    /// <summary>Ends on this thread what was added and not yet taken, and closes both ends.</summary>
    public void Dispose()
    {
        // A drain may be running: it keeps its array to itself.
        Complete(Take([]));
        _sender.Dispose();
        _receiver.Dispose();
        _arrival.Dispose();
    }

    private void Receive()
    {
        do
        {
            if (_arrival.SocketError != SocketError.Success)
            {
                // The lane is closed.
                return;
            }

            Drain();
        }
        while (!TryReceive());
    }

    private bool TryReceive()
    {
        try
        {
            return _receiver.ReceiveAsync(_arrival);
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }

    // One at a time: the next arrival is asked for after it.
    private void Drain()
    {
        var ended = Take(_spare);
        Complete(ended);
        _spare = ended.Array!;
    }

    private ArraySegment<Ended> Take(Ended[] next)
    {
        lock (_lock)
        {
            var taken = new ArraySegment<Ended>(_filling, 0, _count);
            _filling = next;
            _count = 0;
            _signalled = false;
            return taken;
        }
    }

    private static void Complete(ArraySegment<Ended> ended)
    {
        foreach (ref var one in ended.AsSpan())
        {
            var (waiter, sequence) = one;
            one = default;
            waiter.Complete(sequence);
        }
    }

    [LibraryImport("libc", EntryPoint = "socketpair")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SocketPair(int family, int type, int protocol, Span<int> pair);

    private readonly record struct Ended(JournalWaiter Waiter, long Sequence);
}
