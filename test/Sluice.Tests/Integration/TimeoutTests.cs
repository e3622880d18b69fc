using System.Diagnostics;
using Sluice.TestKit.Upstream;
using Sluice.TestKit.Vendors;

namespace Sluice.Tests.Integration;

/// <summary>Each phase of an upstream call has a time of its own; the lane's hasty model has 0.4 s, 1 s and 4 s.</summary>
public sealed class TimeoutTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    private static readonly TestedDialect Chat = TestedDialect.Chat;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Call_NoFirstByte_TimesOut(bool stream)
    {
        // The first call of a process also waits for its compiler, on both sides.
        (await gateway.Client.CallAsync(Chat, gateway.NextLane().Chat, stream)).Status.ShouldBe(200);
        var lane = gateway.NextLane();
        lane.First.Always(UpstreamAnswer.Never());
        var clock = Stopwatch.StartNew();

        var reply = await gateway.Client.CallAsync(Chat, lane.ChatHasty, stream);

        reply.Status.ShouldBe(504, reply.Text);
        Chat.ErrorMessage(reply).ShouldNotBeEmpty();
        clock.Elapsed.ShouldBeInRange(TimeSpan.FromSeconds(0.35), TimeSpan.FromSeconds(5));
        (await (await lane.First.RequestAsync()).Ended).ShouldBeTrue();
    }

    [Fact]
    public async Task Stream_HeadButNoFirstEvent_TimesOut()
    {
        var lane = gateway.NextLane();
        lane.First.Always(UpstreamAnswer.Sse().FlushHead().Stall());

        var reply = await gateway.Client.CallAsync(Chat, lane.ChatHasty, stream: true);

        reply.Status.ShouldBe(504, reply.Text);
    }

    [Fact]
    public async Task Stream_Silence_EndsInAnError()
    {
        var lane = gateway.NextLane();
        lane.First.Always(UpstreamAnswer.Sse(Chat.StreamStart).Stall());
        var clock = Stopwatch.StartNew();

        var reply = await gateway.Client.CallAsync(Chat, lane.ChatHasty, stream: true);

        reply.Status.ShouldBe(200);
        ShouldHaveFailed(reply);
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(6));
        (await (await lane.First.RequestAsync()).Ended).ShouldBeTrue();
    }

    [Fact]
    public async Task Stream_LongerThanTotal_EndsInAnError()
    {
        var lane = gateway.NextLane();
        lane.First.Always(UpstreamAnswer.Sse(Chat.StreamStart).Forever(OpenAIChatWire.Delta("more"), TimeSpan.FromMilliseconds(200)));
        var clock = Stopwatch.StartNew();

        var reply = await gateway.Client.CallAsync(Chat, lane.ChatHasty, stream: true);

        ShouldHaveFailed(reply);
        reply.Events[^1].Data.ShouldContain("total");
        clock.Elapsed.ShouldBeInRange(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(8));
    }

    [Fact]
    public async Task Stream_SlowButSteady_IsNotCut()
    {
        var lane = gateway.NextLane();
        var answer = UpstreamAnswer.Sse(Chat.StreamStart);
        for (var i = 0; i < 8; i++)
        {
            answer.Delay(TimeSpan.FromMilliseconds(300)).Send(OpenAIChatWire.Delta("more"));
        }

        lane.First.Always(answer.Send(OpenAIChatWire.Finish()).Send(OpenAIChatWire.Done));

        var reply = await gateway.Client.CallAsync(Chat, lane.ChatHasty, stream: true);

        reply.Events[^1].IsDone.ShouldBeTrue(reply.Text);
    }

    private static void ShouldHaveFailed(Sluice.TestKit.Gateway.GatewayReply reply)
    {
        reply.Text.ShouldContain("Hello");
        reply.Events.ShouldNotContain(e => e.IsDone);
        if (reply.EndedCleanly)
        {
            Chat.IsErrorEvent(reply.Events[^1]).ShouldBeTrue(reply.Text);
        }
    }
}
