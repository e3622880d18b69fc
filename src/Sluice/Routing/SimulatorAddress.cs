namespace Sluice.Routing;

/// <summary>Where the simulator of this process listens; empty until it has started.</summary>
internal sealed class SimulatorAddress
{
    /// <summary>Stands for the address until there is one, so that routes can be explained without a running service.</summary>
    public const string NotStarted = "http://127.0.0.1:1";

    private string? _url;

    /// <summary>Such as <c>http://127.0.0.1:40123</c>; null while no simulator runs.</summary>
    public string? Url
    {
        get => Volatile.Read(ref _url);
        set => Volatile.Write(ref _url, value);
    }
}
