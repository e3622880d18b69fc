using System.Text;
using Microsoft.AspNetCore.Http;
using Sluice.Auth;
using Sluice.Configuration;
using Sluice.Credentials;
using Sluice.Limits;
using Sluice.Pipeline;
using Sluice.Protocol;
using Sluice.Routing;
using Sluice.Telemetry;
using Sluice.TestKit;
using Sluice.Tests.Routing;

namespace Sluice.Tests.Pipeline;

/// <summary>A call without a server: its request is made up, its answer is kept, its clock is the test's.</summary>
internal sealed class CallFixture : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private readonly RoutingFixture _routing = new();
    private readonly MemoryStream _answer = new();

    public CallFixture()
    {
        Watchdog = new CallWatchdog(Time);
        Http.Response.Body = _answer;
    }

    public FakeTime Time => _routing.Time;

    public CallWatchdog Watchdog { get; }

    public CredentialJudge Judge => field ??= new CredentialJudge(_routing.Credentials, Time);

    public DefaultHttpContext Http { get; } = new();

    public string Answer => Encoding.UTF8.GetString(_answer.ToArray());

    /// <summary>The call of this request, watched.</summary>
    public GatewayCall Call(Operation? operation = null, string body = "{\"model\":\"smart\",\"messages\":[]}", TimeSpan? detachedDrain = null)
    {
        operation ??= Operation.Chat;
        var bytes = Encoding.UTF8.GetBytes(body);
        RequestPeeker.Peek(bytes, operation, 128, out var peek).ShouldBeNull();
        var call = new GatewayCall(Http, operation, "req_1", Time.GetTimestamp(), Watchdog)
        {
            DetachedDrain = detachedDrain ?? TimeSpan.FromSeconds(10),
            BodyBuffer = new byte[GatewayCall.Headroom + bytes.Length],
            BodyLength = bytes.Length,
            Peek = peek,
            Client = new ClientConnection(),
            Streams = peek.Stream,
            Framing = peek.Stream ? Protocol.Canonical.ResponseFraming.Sse : Protocol.Canonical.ResponseFraming.Json,
            Model = "smart",
            Caller = new Caller { KeyId = "k", KeyName = "k", Models = ModelAllowList.All, Limiter = new SubjectLimiter(new LimitsConfig()) },
        };
        bytes.CopyTo(call.BodyBuffer.AsSpan(GatewayCall.Headroom));
        Watchdog.Add(call);
        return call;
    }

    public RouteTarget Target(string model = "smart", string type = "openai", string baseUrl = "http://127.0.0.1:9/v1", TimeoutsConfig? timeouts = null, params string[] secrets)
    {
        var config = new ProviderConfig
        {
            Name = type,
            Type = type,
            BaseUrl = baseUrl,
            Timeouts = timeouts ?? new TimeoutsConfig(),
            Credentials = [.. (secrets.Length == 0 ? ["sk-1"] : secrets).Select(secret => new CredentialConfig { Name = secret, ApiKey = new Secret(secret) })],
        };
        var vendor = RoutingFixture.Provider(type);
        var provider = new ProviderRuntime(config, vendor, baseUrl, _routing.Credentials.Slots(config, vendor, baseUrl));
        return new RouteTarget(provider, model, 1, 1, null, new GatewayMetrics().Target(type, model, UpstreamIdentity.None));
    }

    /// <summary>Moves the clock on by more than the span, and what the watchdog may be late.</summary>
    public void Pass(TimeSpan span) => Time.Advance(span + Tick + Tick);

    public void Dispose()
    {
        Watchdog.Dispose();
        _routing.Dispose();
        _answer.Dispose();
    }
}
