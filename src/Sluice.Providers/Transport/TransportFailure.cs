namespace Sluice.Providers.Transport;

/// <summary>Why a connection gave no answer, or only a part of one.</summary>
public enum TransportFailure
{
    None,

    /// <summary>The name did not resolve, or nothing accepted the connection in time.</summary>
    Connect,

    /// <summary>The peer closed or reset the connection before the response was complete.</summary>
    Closed,

    /// <summary>What came is not HTTP/1.1, or exceeds a limit of it.</summary>
    Malformed,

    /// <summary>This side gave up: a deadline passed, or the client left.</summary>
    Aborted,
}
