using Sluice.Configuration;
using Sluice.Pricing;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Routing;

/// <summary>What a request reads once: the configuration in force and the routing table made of it.</summary>
internal sealed record RuntimeSnapshot(SluiceConfig Config, RoutingTable Routes, long Generation);

/// <summary>Holds the snapshot in force and makes the next one when the configuration changes. A swap is one write.</summary>
internal sealed partial class GatewayRuntime : IDisposable
{
    private readonly IConfigurationSource _configuration;
    private readonly RoutingTableBuilder _builder;
    private readonly IPriceFeed _prices;
    private readonly ILogger<GatewayRuntime> _logger;
    private readonly Lock _lock = new();
    private RuntimeSnapshot? _current;

    public GatewayRuntime(IConfigurationSource configuration, RoutingTableBuilder builder, IPriceFeed prices, ILogger<GatewayRuntime> logger)
    {
        _configuration = configuration;
        _builder = builder;
        _prices = prices;
        _logger = logger;
        configuration.Changed += OnChanged;
        prices.Changed += Refresh;
    }

    public RuntimeSnapshot Current => Volatile.Read(ref _current) ?? Rebuild(_configuration.Current);

    public void Dispose()
    {
        _configuration.Changed -= OnChanged;
        _prices.Changed -= Refresh;
    }

    /// <summary>Makes the snapshot again from the configuration in force.</summary>
    public void Refresh() => Rebuild(_configuration.Current);

    private void OnChanged(ConfigSnapshot snapshot)
    {
        Rebuild(snapshot);
        Log.Swapped(_logger, snapshot.Generation);
    }

    private RuntimeSnapshot Rebuild(ConfigSnapshot snapshot)
    {
        lock (_lock)
        {
            var built = new RuntimeSnapshot(snapshot.Config, _builder.Build(snapshot), snapshot.Generation);

            // Two changes may arrive out of order: the newer one stays.
            if (_current is null || _current.Generation <= built.Generation)
            {
                Volatile.Write(ref _current, built);
            }

            return _current!;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2101, LogLevel.Information, "Configuration generation {Generation} is in force")]
        public static partial void Swapped(ILogger logger, long generation);
    }
}
