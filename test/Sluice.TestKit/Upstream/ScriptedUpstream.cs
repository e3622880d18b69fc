using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Sluice.TestKit.Upstream;

/// <summary>Vendors on a real Kestrel and a free loopback port: records what arrives and answers as each lane's script says.</summary>
public sealed class ScriptedUpstream : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, UpstreamLane> _lanes = new();
    private readonly WebApplication _app;

    private ScriptedUpstream(WebApplication app) => _app = app;

    /// <summary>Such as <c>http://127.0.0.1:40123</c>.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Requests whose path belongs to no lane; a test that finds one has found a wrong path.</summary>
    public ConcurrentQueue<string> Strays { get; } = new();

    public static async Task<ScriptedUpstream> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(System.Net.IPAddress.Loopback, 0);
        });
        var upstream = new ScriptedUpstream(builder.Build());
        upstream._app.Run(upstream.HandleAsync);
        await upstream._app.StartAsync();
        upstream.Address = upstream._app.Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return upstream;
    }

    /// <summary>The lane of that name, made on first use.</summary>
    public UpstreamLane Lane(string name) => _lanes.GetOrAdd(name, n => new UpstreamLane(Address, n));

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var path = target.Split('?')[0];
        var slash = path.IndexOf('/', 1);
        if (slash < 0 || !_lanes.TryGetValue(path[1..slash], out var lane))
        {
            Strays.Enqueue($"{context.Request.Method} {target}");
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        using var body = new MemoryStream();
        RecordedRequest? request = null;
        var aborted = true;
        try
        {
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            request = new RecordedRequest
            {
                Method = context.Request.Method,
                RawTarget = target,
                Path = path[slash..],
                Headers = [.. context.Request.Headers.SelectMany(h => h.Value.Select(v => KeyValuePair.Create(h.Key, v ?? "")))],
                Body = body.ToArray(),
                At = DateTimeOffset.UtcNow,
            };
            lane.Record(request);
            await lane.Next(request).WriteAsync(context);
            await context.Response.CompleteAsync();
            aborted = false;
        }
        catch (OperationCanceledException)
        {
            // The gateway left, or the script broke the connection: either way the exchange is over.
        }
        finally
        {
            request?.End(aborted);
        }
    }
}
