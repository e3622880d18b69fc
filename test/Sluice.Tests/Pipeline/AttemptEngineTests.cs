using Sluice.Configuration;
using Sluice.Credentials;
using Sluice.Pipeline;
using Sluice.Providers;
using Sluice.Routing;
using Sluice.TestKit;
using Sluice.TestKit.Raw;
using Sluice.Tests.Credentials;
using Sluice.Usage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Sluice.Tests.Pipeline;

public sealed class AttemptEngineTests : IDisposable
{
    private const string Done = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 15\r\n\r\n{\"choices\":[]}\n";
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly CallFixture _fixture = new();
    private readonly MemoryLedger _ledger = new();

    [Fact]
    public async Task Serve_Answer_IsRelayedWithItsHeadersAndTheConnectionIsKept()
    {
        // The body comes after the head was read, as a vendor sends it that thinks in between.
        await using var upstream = RawUpstream.Start(async exchange =>
        {
            while (await exchange.ReadRequestAsync() is not null)
            {
                await exchange.WriteAsync("HTTP/1.1 201 Created\r\ncontent-type: application/json; charset=utf-8\r\nopenai-version: 2020-10-01\r\nset-cookie: a=b\r\ncontent-length: 14\r\n\r\n");
                await exchange.PauseAsync(TimeSpan.FromMilliseconds(20));
                await exchange.WriteAsync("{\"choices\":[]}");
            }
        });
        var target = _fixture.Target(baseUrl: upstream.OpenAIBaseUrl);

        var call = await ServeAsync(target);

        call.HttpStatus.ShouldBe(201);
        _fixture.Answer.ShouldBe("{\"choices\":[]}");
        _fixture.Http.Response.ContentType.ShouldBe("application/json; charset=utf-8");
        _fixture.Http.Response.Headers["openai-version"].ToString().ShouldBe("2020-10-01");
        _fixture.Http.Response.Headers.SetCookie.Count.ShouldBe(0);
        var slot = target.Provider.Slots[0];
        slot.Health.InFlight.ShouldBe(0);
        slot.Pool.TryRent().ShouldNotBeNull().Dispose();
    }

    [Fact]
    public async Task Serve_JournalRefuses_AnswersUnavailableAndSendsNothing()
    {
        var requests = 0;
        await using var upstream = RawUpstream.Start(async exchange =>
        {
            if (await exchange.ReadRequestAsync() is not null)
            {
                requests++;
            }
        });
        _ledger.TakesReservations = false;

        var call = await ServeAsync(_fixture.Target(baseUrl: upstream.OpenAIBaseUrl));

        call.HttpStatus.ShouldBe(503);
        call.ErrorCode.ShouldBe("ledger_unavailable");
        _fixture.Http.Response.Headers.RetryAfter.ToString().ShouldBe("5");
        requests.ShouldBe(0);
        _ledger.Settled.ShouldBeEmpty();
    }

    [Fact]
    public async Task Serve_Document_GoesOutWhenItsOutcomeIsDurable()
    {
        await using var upstream = RawUpstream.Start(async exchange =>
        {
            await exchange.ReadRequestAsync();
            await exchange.WriteAsync(Done);
        });
        var call = _fixture.Call();
        _ledger.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var serving = ServeAsync(call, _fixture.Target(baseUrl: upstream.OpenAIBaseUrl));
        await Eventually.HoldsAsync("the outcome is on its way", () => _ledger.Settled.Count == 1);
        _fixture.Answer.ShouldBeEmpty();
        _ledger.Gate.SetResult();
        await serving.WithinAsync("the call");

        _fixture.Answer.ShouldContain("choices");
        _ledger.Reserved.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Serve_Stream_HoldsItsLastWordUntilTheOutcomeIsDurable()
    {
        await using var upstream = RawUpstream.Start(async exchange =>
        {
            await exchange.ReadRequestAsync();
            await exchange.WriteAsync("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\ndata: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n");
            await exchange.PauseAsync(TimeSpan.FromMilliseconds(20));
            await exchange.WriteAsync("data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1}}\n\ndata: [DONE]\n\n");
            await exchange.PauseAsync(TimeSpan.FromMilliseconds(20));
        });
        var call = _fixture.Call(body: "{\"model\":\"smart\",\"messages\":[],\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
        _ledger.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var serving = ServeAsync(call, _fixture.Target(baseUrl: upstream.OpenAIBaseUrl));
        await Eventually.HoldsAsync("the outcome is on its way", () => _ledger.Settled.Count == 1);
        _fixture.Answer.ShouldContain("Hi");
        _fixture.Answer.ShouldNotContain("[DONE]");
        _ledger.Gate.SetResult();
        await serving.WithinAsync("the call");

        _fixture.Answer.ShouldEndWith("data: [DONE]\n\n");
        var record = _ledger.Settled.ShouldHaveSingleItem();
        record.Status.ShouldBe(UsageStatus.Settled);
        record.Tokens.Output.ShouldBe(1);
    }

    [Fact]
    public async Task Serve_OutcomeThatIsNotDurable_NeverEndsCleanly()
    {
        await using var upstream = RawUpstream.Start(async exchange =>
        {
            await exchange.ReadRequestAsync();
            await exchange.WriteAsync(Done);
        });
        _ledger.KeepsOutcomes = false;

        var call = await ServeAsync(_fixture.Target(baseUrl: upstream.OpenAIBaseUrl));

        call.ErrorCode.ShouldBe("ledger_unavailable");
        _fixture.Answer.ShouldBeEmpty();
    }

    [Fact]
    public async Task Serve_SecondAttempt_IsReservedAnewAndSettledOnce()
    {
        await using var upstream = RawUpstream.Start(async exchange =>
        {
            await exchange.ReadRequestAsync();
            await exchange.WriteAsync(exchange.Number == 1 ? "HTTP/1.1 500 Oops\r\nconnection: close\r\ncontent-length: 0\r\n\r\n" : Done);
        });

        var call = await ServeAsync(_fixture.Target(baseUrl: upstream.OpenAIBaseUrl, secrets: ["sk-1", "sk-2"]));

        call.HttpStatus.ShouldBe(200);
        _ledger.Reserved.Select(reserved => reserved.Credential).Distinct().Count().ShouldBe(2);
        var record = _ledger.Settled.ShouldHaveSingleItem();
        var detail = CallDetail.Read(record.Detail).ShouldNotBeNull();
        detail.Failures.ShouldHaveSingleItem().Status.ShouldBe(500);
    }

    [Fact]
    public async Task Serve_StaleConnection_IsReplacedWithoutAnAttempt()
    {
        await using var upstream = RawUpstream.Start(async exchange =>
        {
            await exchange.ReadRequestAsync();
            if (exchange.Number == 1)
            {
                await exchange.WriteAsync(Done);
                await exchange.ReadRequestAsync();
                return;
            }

            await exchange.WriteAsync(Done);
        });
        var target = _fixture.Target(baseUrl: upstream.OpenAIBaseUrl);
        await ServeAsync(target);

        var call = await ServeAsync(target);

        call.HttpStatus.ShouldBe(200);
        call.Attempts.ShouldBe(1);
        upstream.Accepted.ShouldBe(2);
    }

    [Fact]
    public async Task Serve_DeadlinePassesBeforeTheConnectionIsUsed_IsATimeoutAndNoDefect()
    {
        await using var upstream = RawUpstream.Start(Done);
        var call = _fixture.Call();
        call.BoundTotal(Second);
        _fixture.Pass(Second);
        call.Expired.ShouldBe(CallPhase.Total);
        var target = _fixture.Target(baseUrl: upstream.OpenAIBaseUrl);

        await ServeAsync(call, target);

        call.HttpStatus.ShouldBe(504);
        call.Failure.ShouldNotBeNull().Kind.ShouldBe(UpstreamFailureKind.Timeout);
        target.Provider.Slots[0].Health.InFlight.ShouldBe(0);
    }

    [Fact]
    public async Task Serve_FirstToken_DeadlinePasses_TriesTheNextCredential()
    {
        await using var upstream = RawUpstream.Start(async exchange =>
        {
            await exchange.ReadRequestAsync();
            if (exchange.Number == 1)
            {
                await exchange.WaitForCloseAsync();
            }

            await exchange.WriteAsync(Done);
        });
        var target = _fixture.Target(baseUrl: upstream.OpenAIBaseUrl, timeouts: new TimeoutsConfig { FirstToken = Second }, secrets: ["a", "b"]);
        var call = _fixture.Call();

        var serving = ServeAsync(call, target);
        await Eventually.HoldsAsync("the first attempt waits", () => upstream.Requests.Count == 1);
        _fixture.Pass(Second);
        await serving.WithinAsync("the second attempt");

        call.HttpStatus.ShouldBe(200);
        call.Attempts.ShouldBe(2);
        upstream.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Serve_LastAttemptHasNoReadableError_DoesNotShowAnEarlierOnes()
    {
        await using var upstream = RawUpstream.Start(async exchange =>
        {
            await exchange.ReadRequestAsync();
            await exchange.WriteAsync(exchange.Number == 1
                ? "HTTP/1.1 429 Too Many Requests\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: 36\r\n\r\n{\"error\":{\"message\":\"first answer\"}}\n"
                : "HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\nconnection: close\r\ncontent-length: 6\r\n\r\n<html>");
        });

        var call = await ServeAsync(_fixture.Target(baseUrl: upstream.OpenAIBaseUrl, secrets: ["a", "b"]));

        call.Attempts.ShouldBe(2);
        _fixture.Answer.ShouldNotContain("first answer");
        _fixture.Answer.ShouldContain("upstream_server_error");
    }

    [Fact]
    public async Task Serve_VendorsRefusal_IsShownRedactedAndNotRetried()
    {
        const string error = "{\"error\":{\"message\":\"bad key sk-secret-1 here\",\"type\":\"invalid_request_error\"}}";
        await using var upstream = RawUpstream.Start($"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: {error.Length}\r\n\r\n{error}");

        var call = await ServeAsync(_fixture.Target(baseUrl: upstream.OpenAIBaseUrl, secrets: ["sk-secret-1"]));

        call.HttpStatus.ShouldBe(400);
        call.Attempts.ShouldBe(1);
        _fixture.Answer.ShouldContain("invalid_request_error");
        _fixture.Answer.ShouldNotContain("sk-secret");
    }

    [Fact]
    public async Task Serve_EveryCredentialRefused_IsNot401()
    {
        await using var upstream = RawUpstream.Start("HTTP/1.1 401 Unauthorized\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}");

        var call = await ServeAsync(_fixture.Target(baseUrl: upstream.OpenAIBaseUrl, secrets: ["a", "b", "c"]));

        call.Attempts.ShouldBe(3);
        call.HttpStatus.ShouldBe(502);
        call.ErrorCode.ShouldBe("upstream_credential_rejected");
    }

    [Fact]
    public async Task Serve_AllCooling_TellsWhenTheFirstIsReady()
    {
        var target = _fixture.Target(secrets: ["a", "b"]);
        Cool(target.Provider.Slots[0], 90);
        Cool(target.Provider.Slots[1], 30);

        var call = await ServeAsync(target);

        call.HttpStatus.ShouldBe(429);
        _fixture.Http.Response.Headers.RetryAfter.ToString().ShouldBe("30");
        call.Dispatched.ShouldBeFalse();
    }

    [Fact]
    public async Task Serve_OneBusyAndOneCoolingForLong_TellsToComeBackSoon()
    {
        var target = _fixture.Target(secrets: ["a", "b"]);
        target = new RouteTarget(
            new ProviderRuntime(
                target.Provider.Config with { Credentials = [.. target.Provider.Config.Credentials.Select(credential => credential with { MaxConcurrency = 1 })] },
                target.Provider.Provider, "http://127.0.0.1:9/v1",
                [.. target.Provider.Slots.Select(slot => new CredentialSlot("openai", slot.Index, slot.Config with { MaxConcurrency = 1 }, slot.Health, slot.Pool))]),
            "smart", 1, 1, null, target.Series);
        target.Provider.Slots[0].TryLease(_fixture.Time.GetTimestamp()).ShouldNotBeNull();
        Cool(target.Provider.Slots[1], 3600);

        var call = await ServeAsync(target);

        call.HttpStatus.ShouldBe(503);
        _fixture.Http.Response.Headers.RetryAfter.ToString().ShouldBe("1");
    }

    [Fact]
    public async Task Serve_NothingEnabled_SaysSo()
    {
        var target = _fixture.Target();
        target.Provider.Slots[0].Health.Set(CredentialState.Disabled, null);

        (await ServeAsync(target)).ErrorCode.ShouldBe("no_credential");
    }

    [Fact]
    public async Task Serve_StreamIsSilent_SendsKeepAlivesAndThenTheStream()
    {
        var go = new TaskCompletionSource();
        await using var upstream = RawUpstream.Start(async exchange =>
        {
            await exchange.ReadRequestAsync();
            await go.Task;
            await exchange.WriteAsync("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: {\"choices\":[{\"delta\":{\"content\":\"hi\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n");
        });
        var call = _fixture.Call(body: "{\"model\":\"smart\",\"messages\":[],\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
        var serving = ServeAsync(call, _fixture.Target(baseUrl: upstream.OpenAIBaseUrl));
        await Eventually.HoldsAsync("the request is there", () => upstream.Requests.Count == 1);

        _fixture.Pass(TimeSpan.FromSeconds(15));
        await Eventually.HoldsAsync("a keep-alive", () => _fixture.Answer.StartsWith(':'));
        go.SetResult();
        await serving.WithinAsync("the stream");
        var whole = _fixture.Answer;
        _fixture.Pass(TimeSpan.FromMinutes(5));

        whole.ShouldEndWith("data: [DONE]\n\n");
        _fixture.Answer.ShouldBe(whole);
    }

    [Fact]
    public async Task Serve_ErrorIsAnswered_NoKeepAliveFollows()
    {
        var target = _fixture.Target();
        Cool(target.Provider.Slots[0], 3600);
        var call = _fixture.Call(body: "{\"model\":\"smart\",\"messages\":[],\"stream\":true}");

        await ServeAsync(call, target);
        var whole = _fixture.Answer;
        _fixture.Pass(TimeSpan.FromMinutes(5));

        _fixture.Answer.ShouldBe(whole);
        call.HttpStatus.ShouldBe(429);
    }

    [Fact]
    public async Task Serve_ClientHasLeft_CutsTheUpstreamWithinTheDrainAndBlamesNobody()
    {
        await using var upstream = RawUpstream.Start(async exchange =>
        {
            await exchange.ReadRequestAsync();
            await exchange.WaitForCloseAsync();
        });
        var target = _fixture.Target(baseUrl: upstream.OpenAIBaseUrl);
        var call = _fixture.Call(detachedDrain: Second * 10);
        var serving = ServeAsync(call, target);
        await Eventually.HoldsAsync("the request is there", () => upstream.Requests.Count == 1);

        call.OnClientGone();
        _fixture.Pass(Second * 10);
        await serving.WithinAsync("the end of the drain");

        call.ErrorCode.ShouldBe("client_gone");
        _fixture.Answer.ShouldBe("");
        target.Provider.Slots[0].Health.InFlight.ShouldBe(0);
        target.Provider.Slots[0].Health.ConsecutiveErrors.ShouldBe(0);
        await Eventually.HoldsAsync("the upstream is cut", () => upstream.Closed == 1);
    }

    [Theory]
    [InlineData("content-encoding: gzip\r\ncontent-length: 2\r\n\r\nxx")]
    [InlineData("content-length: 20\r\n\r\n{\"choi")]
    public async Task Serve_AnswerThatCannotBeRead_IsNeverACleanEnd(string rest)
    {
        await using var upstream = RawUpstream.Start("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n" + rest);
        var target = _fixture.Target(baseUrl: upstream.OpenAIBaseUrl);

        var call = await ServeAsync(target);

        call.ErrorCode.ShouldNotBeNull();
        target.Provider.Slots[0].Health.InFlight.ShouldBe(0);
        target.Provider.Slots[0].Pool.Open.ShouldBe(0);
    }

    public void Dispose() => _fixture.Dispose();

    private void Cool(CredentialSlot slot, int seconds)
        => slot.Health.Fail(Setbacks.Rest(_fixture.Time.GetTimestamp() + (seconds * TimeSpan.TicksPerSecond), forRate: true));

    private async Task<GatewayCall> ServeAsync(RouteTarget target)
    {
        var call = _fixture.Call();
        await ServeAsync(call, target).WithinAsync("the call");
        return call;
    }

    private async Task ServeAsync(GatewayCall call, RouteTarget target)
    {
        call.Candidates = [target];
        call.Route = new ModelRoute("smart", RoutingStrategy.Priority, call.Candidates);
        var settlement = new Settlement(_ledger, new NoBudgets(), _fixture.Time, NullLogger<Settlement>.Instance);
        var engine = new AttemptEngine(
            new RelayLane(settlement, _fixture.Time),
            new TranslateLane(settlement, _fixture.Time, NullLogger<TranslateLane>.Instance),
            new RequestTranslator(new SignatureStore(_fixture.Time), NullLogger<RequestTranslator>.Instance),
            settlement,
            _fixture.Judge,
            _fixture.Time);
        await engine.ServeAsync(call, new RuntimeSnapshot(new SluiceConfig(), null!, 1));

        // The server flushes what is left when the request ends.
        await _fixture.Http.Response.BodyWriter.FlushAsync();
    }
}
