using System.Buffers;
using System.Text;
using Sluice.Protocol.Framing;

namespace Sluice.Mcp.Servers;

/// <summary>The events of a server's stream, each bounded, and the stream as a whole where it belongs to one request.</summary>
/// <param name="stream">The answer's body.</param>
/// <param name="longest">The largest event in bytes.</param>
/// <param name="most">The most bytes of all events together.</param>
internal sealed class SseMessages(Stream stream, int longest, long most)
{
    private readonly SseScanner _scanner = new();
    private readonly Queue<Event> _found = new();
    private readonly byte[] _buffer = new byte[16 * 1024];
    private ArrayBufferWriter<byte>? _long;
    private string _longName = "";
    private long _read;

    /// <summary>An event with data.</summary>
    /// <param name="Name">Empty for the usual kind, <c>message</c>.</param>
    /// <param name="Data">The data.</param>
    public sealed record Event(string Name, byte[] Data);

    /// <summary>True when the stream was left because something was too large.</summary>
    public bool Exceeded { get; private set; }

    /// <summary>The next event; null at the end of the stream, or when a bound is exceeded.</summary>
    public async ValueTask<Event?> NextAsync(CancellationToken cancellationToken)
    {
        while (_found.Count == 0)
        {
            var count = Exceeded ? 0 : await stream.ReadAsync(_buffer, cancellationToken);
            if (count == 0)
            {
                return null;
            }

            _read += count;
            Exceeded |= _read > most;
            Scan(_buffer.AsSpan(0, count));
        }

        return _found.Dequeue();
    }

    private void Scan(ReadOnlySpan<byte> bytes)
    {
        while (!Exceeded && _scanner.TryRead(ref bytes, out var found))
        {
            switch (found.Part)
            {
                case SsePart.Whole when found.HasData && found.Data.Length <= longest:
                    _found.Enqueue(new Event(Encoding.UTF8.GetString(found.Name), found.Data.ToArray()));
                    break;
                case SsePart.Whole:
                    Exceeded |= found.Data.Length > longest;
                    break;
                case SsePart.First:
                    _long = new ArrayBufferWriter<byte>(found.Data.Length * 2);
                    _longName = Encoding.UTF8.GetString(found.Name);
                    _long.Write(found.Data);
                    break;
                case SsePart.Next:
                    Exceeded |= _long!.WrittenCount + found.Data.Length > longest;
                    _long.Write(found.Data);
                    break;
                default:
                    _found.Enqueue(new Event(_longName, _long!.WrittenSpan.ToArray()));
                    _long = null;
                    break;
            }
        }
    }
}
