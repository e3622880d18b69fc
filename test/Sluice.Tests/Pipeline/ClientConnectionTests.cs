using Microsoft.AspNetCore.Connections;
using Sluice.Auth;
using Sluice.Configuration;
using Sluice.Limits;
using Sluice.Pipeline;

namespace Sluice.Tests.Pipeline;

public sealed class ClientConnectionTests : IDisposable
{
    private readonly CallFixture _fixture = new();
    private readonly DefaultConnectionContext _transport = new();
    private readonly CancellationTokenSource _closed = new();
    private readonly ClientConnection _client;

    public ClientConnectionTests()
    {
        _transport.ConnectionClosed = _closed.Token;
        ClientConnection.Attach(_ => Task.CompletedTask)(_transport).IsCompletedSuccessfully.ShouldBeTrue();
        _client = _transport.Features.Get<ClientConnection>().ShouldNotBeNull();
    }

    [Fact]
    public void Watch_ConnectionCloses_TellsEveryWatchedCall()
    {
        GatewayCall[] calls = [_fixture.Call(), _fixture.Call(), _fixture.Call()];
        Array.ForEach(calls, _client.Watch);

        _closed.Cancel();

        calls.ShouldAllBe(call => call.ClientGone);
    }

    [Fact]
    public void Forget_ThenTheConnectionCloses_TellsOnlyTheOthers()
    {
        GatewayCall[] calls = [_fixture.Call(), _fixture.Call(), _fixture.Call(), _fixture.Call()];
        Array.ForEach(calls, _client.Watch);
        _client.Forget(calls[0]);
        _client.Forget(calls[2]);
        var late = _fixture.Call();
        _client.Watch(late);

        _closed.Cancel();

        calls.Select(call => call.ClientGone).ShouldBe([false, true, false, true]);
        late.ClientGone.ShouldBeTrue();
    }

    [Fact]
    public void Watch_AfterTheClose_TellsAtOnce()
    {
        _closed.Cancel();
        var call = _fixture.Call();

        _client.Watch(call);

        call.ClientGone.ShouldBeTrue();
        _client.Forget(call);
    }

    [Fact]
    public async Task Watch_WhileTheConnectionCloses_NeverMissesIt()
    {
        for (var round = 0; round < 200; round++)
        {
            using var closed = new CancellationTokenSource();
            var transport = new DefaultConnectionContext { ConnectionClosed = closed.Token };
            await ClientConnection.Attach(_ => Task.CompletedTask)(transport);
            var client = transport.Features.Get<ClientConnection>()!;
            GatewayCall[] calls = [.. Enumerable.Range(0, 4).Select(_ => _fixture.Call())];
            using var start = new Barrier(2);
            await Task.WhenAll(
                Task.Run(() =>
                {
                    start.SignalAndWait();
                    Array.ForEach(calls, client.Watch);
                }),
                Task.Run(() =>
                {
                    start.SignalAndWait();
                    closed.Cancel();
                }));

            calls.ShouldAllBe(call => call.ClientGone);
        }
    }

    [Fact]
    public void Remembered_SameTextAndGeneration_GivesTheCaller()
    {
        var caller = new Caller { KeyId = "k", KeyName = "k", Models = ModelAllowList.All, Limiter = new SubjectLimiter(new LimitsConfig()) };
        _client.Remembered(new PresentedCredential("Bearer sk-1", 7), 1).ShouldBeNull();
        _client.Remember(new PresentedCredential("Bearer sk-1", 7), caller, 1);

        _client.Remembered(new PresentedCredential(new string("Bearer sk-1"), 7), 1).ShouldBeSameAs(caller);
        _client.Remembered(new PresentedCredential("Bearer sk-1", 7), 2).ShouldBeNull();
        _client.Remembered(new PresentedCredential("Bearer sk-2", 7), 1).ShouldBeNull();
        _client.Remembered(new PresentedCredential("Bearer sk-1", 0), 1).ShouldBeNull();
    }

    public void Dispose()
    {
        _fixture.Dispose();
        _closed.Dispose();
    }
}
