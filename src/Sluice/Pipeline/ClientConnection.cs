using Microsoft.AspNetCore.Connections;
using Sluice.Auth;
using Sluice.Protocol;

namespace Sluice.Pipeline;

/// <summary>
/// What is kept with a client's connection: the caller that its last request was identified as, and the calls that must
/// hear when it closes. A key is hashed once per connection, not once per request.
/// </summary>
internal sealed class ClientConnection
{
    private readonly Lock _lock = new();
    private GatewayCall? _call;
    private List<GatewayCall>? _more;
    private Identity? _identity;
    private ResponseTap? _tap;
    private bool _closed;

    /// <summary>Attaches an instance to every connection of an endpoint.</summary>
    public static ConnectionDelegate Attach(ConnectionDelegate next) => connection =>
    {
        var client = new ClientConnection();
        connection.Features.Set(client);
        connection.ConnectionClosed.UnsafeRegister(static self => ((ClientConnection)self!).OnClosed(), client);
        return next(connection);
    };

    /// <summary>The caller of the last request, when its credential was this very text and no key has changed since.</summary>
    public Caller? Remembered(in PresentedCredential credential, long generation)
        => Volatile.Read(ref _identity) is { } known && known.Generation == generation && known.Start == credential.Start
            && (ReferenceEquals(known.Carrier, credential.Carrier) || string.Equals(known.Carrier, credential.Carrier, StringComparison.Ordinal))
            ? known.Caller
            : null;

    /// <param name="credential">As it came; the server hands out the same header string while it does not change.</param>
    /// <param name="caller">Who that is.</param>
    /// <param name="generation">The registry's generation before the look-up.</param>
    public void Remember(in PresentedCredential credential, Caller caller, long generation)
        => Volatile.Write(ref _identity, new Identity(credential.Carrier, credential.Start, caller, generation));

    /// <summary>A tap for one call: the last call's, which holds buffers already, where that has ended.</summary>
    public ResponseTap TakeTap() => Interlocked.Exchange(ref _tap, null) ?? new ResponseTap();

    /// <summary>Keeps a tap for the connection's next call. Nothing may read it any more.</summary>
    public void ReturnTap(ResponseTap? tap) => Volatile.Write(ref _tap, tap);

    /// <summary>Tells the call when the connection closes; at once when it has closed already.</summary>
    public void Watch(GatewayCall call)
    {
        lock (_lock)
        {
            if (!_closed)
            {
                if (_call is null)
                {
                    _call = call;
                }
                else
                {
                    (_more ??= []).Add(call);
                }

                return;
            }
        }

        call.OnClientGone();
    }

    public void Forget(GatewayCall call)
    {
        lock (_lock)
        {
            if (ReferenceEquals(_call, call))
            {
                _call = null;
            }
            else
            {
                _more?.Remove(call);
            }
        }
    }

    private void OnClosed()
    {
        GatewayCall? call;
        List<GatewayCall>? more;
        lock (_lock)
        {
            _closed = true;
            (call, _call) = (_call, null);
            (more, _more) = (_more, null);
        }

        call?.OnClientGone();
        more?.ForEach(static one => one.OnClientGone());
    }

    private sealed record Identity(string? Carrier, int Start, Caller Caller, long Generation);
}
