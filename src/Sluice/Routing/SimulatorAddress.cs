namespace Sluice.Routing;

/// <summary>Where the simulator of this process listens; empty until it has started.</summary>
internal sealed class SimulatorAddress
{
    private string? _url;

    /// <summary>Such as <c>http://127.0.0.1:40123</c>; null while no simulator runs.</summary>
    public string? Url
    {
        get => Volatile.Read(ref _url);
        set => Volatile.Write(ref _url, value);
    }
}
