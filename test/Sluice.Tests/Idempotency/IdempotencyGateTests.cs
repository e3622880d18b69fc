using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Idempotency;
using Sluice.Storage;
using Sluice.TestKit;
using Sluice.Tests.Storage;

namespace Sluice.Tests.Idempotency;

public sealed class IdempotencyGateTests : IDisposable
{
    private const string Route = "POST /v1/chat/completions Json";

    private static readonly IdempotencyScope Scope = new("key_1", "once");
    private static readonly byte[] Body = "{\"model\":\"m\"}"u8.ToArray();
    private static readonly KeyValuePair<string, string>[] Headers = [new("content-type", "application/json")];

    private readonly TemporaryStorage _storage = new();
    private readonly FakeTime _time = new();
    private readonly SqliteDatabase _database;
    private readonly IdempotencyGate _sut;

    public IdempotencyGateTests()
    {
        _database = _storage.Open();
        _sut = CreateSut();
    }

    public void Dispose()
    {
        _sut.Dispose();
        _storage.Dispose();
    }

    [Fact]
    public async Task Begin_NewKey_ProceedsAndIsDurable()
    {
        var decision = await BeginAsync();

        decision.Proceed.ShouldNotBeNull();
        Rows().ShouldBe(1);
        _sut.InFlight.ShouldBe(1);
    }

    [Fact]
    public async Task Begin_InFlight_IsRefusedWithATime()
    {
        await BeginAsync();

        var refused = (await BeginAsync()).Refused!;

        refused.Code.ShouldBe("idempotency_in_flight");
        refused.Status.ShouldBe(409);
        refused.RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Begin_AfterTheAnswer_ReplaysIt()
    {
        var call = (await BeginAsync()).Proceed!;
        call.Capture("data: one\n\n"u8);
        call.Capture([0xff, 0x00]);
        await call.CompleteAsync(200, Headers);

        var answer = (await BeginAsync()).Replay!;

        answer.Status.ShouldBe(200);
        answer.Headers.ShouldBe(Headers);
        answer.Body.ToArray().ShouldBe([.. "data: one\n\n"u8, 0xff, 0x00]);
        _sut.InFlight.ShouldBe(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Begin_OtherRequest_IsRefused(bool ended)
    {
        var call = (await BeginAsync()).Proceed!;
        if (ended)
        {
            await call.CompleteAsync(200, Headers);
        }

        var otherBody = await _sut.BeginAsync(Scope, Route, "{\"model\":\"n\"}"u8);
        var otherRoute = await _sut.BeginAsync(Scope, "POST /v1/responses Json", Body);

        otherBody.Refused!.Code.ShouldBe("idempotency_key_reused");
        otherBody.Refused.Status.ShouldBe(422);
        otherRoute.Refused!.Code.ShouldBe("idempotency_key_reused");
    }

    [Fact]
    public async Task Begin_OtherCaller_IsAnotherCall()
    {
        var call = (await BeginAsync()).Proceed!;
        await call.CompleteAsync(200, Headers);

        (await _sut.BeginAsync(Scope with { KeyId = "key_2" }, Route, Body)).Proceed.ShouldNotBeNull();
    }

    [Fact]
    public async Task Begin_ManyAtOnce_LetsOneProceed()
    {
        var decisions = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(_ => Task.Run(async () => await BeginAsync())));

        decisions.Count(decision => decision.Proceed is not null).ShouldBe(1);
        decisions.Count(decision => decision.Refused?.Code == "idempotency_in_flight").ShouldBe(999);
    }

    [Fact]
    public async Task Begin_AfterRelease_ProceedsAgain()
    {
        await (await BeginAsync()).Proceed!.ReleaseAsync();

        Rows().ShouldBe(0);
        (await BeginAsync()).Proceed.ShouldNotBeNull();
    }

    [Fact]
    public async Task Begin_OutcomeWithoutAnswer_IsRefusedWithoutATime()
    {
        await (await BeginAsync()).Proceed!.KeepOutcomeAsync();

        var refused = (await BeginAsync()).Refused!;

        refused.Code.ShouldBe("idempotency_answer_not_kept");
        refused.RetryAfter.ShouldBeNull();
    }

    [Theory]
    [InlineData(IdempotentCall.LargestBody, true)]
    [InlineData(IdempotentCall.LargestBody + 1, false)]
    public async Task Capture_UpToTheBound_IsKept(int length, bool kept)
    {
        var call = (await BeginAsync()).Proceed!;
        var piece = Encoding.ASCII.GetBytes(new string('x', 1000));
        for (var rest = length; rest > 0; rest -= piece.Length)
        {
            call.Capture(piece.AsSpan(0, Math.Min(rest, piece.Length)));
        }

        call.Capture(default);
        await call.CompleteAsync(200, Headers);

        var again = await BeginAsync();
        (again.Replay?.Body.Length == length).ShouldBe(kept);
        (again.Refused?.Code == "idempotency_answer_not_kept").ShouldBe(!kept);
    }

    [Fact]
    public async Task End_Twice_TheFirstHolds()
    {
        var call = (await BeginAsync()).Proceed!;
        await call.CompleteAsync(200, Headers);
        await call.ReleaseAsync();
        await call.KeepOutcomeAsync();

        (await BeginAsync()).Replay.ShouldNotBeNull();
    }

    [Fact]
    public async Task Begin_AfterACrash_TheOutcomeIsUnknownForEver()
    {
        await BeginAsync();
        using var restarted = CreateSut();

        for (var i = 0; i < 3; i++)
        {
            var refused = (await restarted.BeginAsync(Scope, Route, Body)).Refused!;
            refused.Code.ShouldBe("idempotency_outcome_unknown");
            refused.Status.ShouldBe(409);
        }

        (await restarted.BeginAsync(Scope, Route, "other"u8)).Refused!.Code.ShouldBe("idempotency_key_reused");
    }

    [Fact]
    public async Task Begin_AfterADay_IsAFirstCall()
    {
        var call = (await BeginAsync()).Proceed!;
        await call.CompleteAsync(200, Headers);

        _time.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        (await BeginAsync()).Replay.ShouldNotBeNull();
        _time.Advance(TimeSpan.FromSeconds(1));

        (await BeginAsync()).Proceed.ShouldNotBeNull();
    }

    [Fact]
    public async Task Time_PassesADay_RowsAreRemovedInTheBackground()
    {
        for (var i = 0; i < 3; i++)
        {
            var call = (await _sut.BeginAsync(Scope with { Key = $"k{i}" }, Route, Body)).Proceed!;
            await call.CompleteAsync(200, Headers);
        }

        _time.Advance(TimeSpan.FromHours(23));
        await _database.WriteAsync(_ => { });
        Rows().ShouldBe(3);
        _time.Advance(TimeSpan.FromHours(2));

        await Eventually.HoldsAsync("no expired rows", () => Rows() == 0);
    }

    [Fact]
    public async Task RemoveExpired_MoreThanOneBatch_RemovesAll()
    {
        await _database.WriteAsync(connection =>
        {
            for (var i = 0; i < 1_250; i++)
            {
                connection.Execute("INSERT INTO idempotency_keys (key_id, idempotency_key, request_hash, state, expires_at) VALUES ('k', $0, x'00', 1, 0)", $"{i}");
            }
        });

        await Store().RemoveExpiredAsync();

        Rows().ShouldBe(0);
    }

    [Fact]
    public async Task Answer_OnTheDisk_IsSealedToItsRow()
    {
        var call = (await BeginAsync()).Proceed!;
        call.Capture("canary-of-the-answer"u8);
        await call.CompleteAsync(200, Headers);
        var other = (await _sut.BeginAsync(Scope with { Key = "other" }, Route, Body)).Proceed!;
        await other.CompleteAsync(200, Headers);

        using (var read = _database.Read())
        {
            var box = read.Connection.Scalar<byte[]>("SELECT answer FROM idempotency_keys WHERE idempotency_key = 'once'")!;
            box.AsSpan().IndexOf("canary"u8).ShouldBe(-1);
        }

        await _database.WriteAsync(connection => connection.Execute(
            "UPDATE idempotency_keys SET answer = (SELECT answer FROM idempotency_keys WHERE idempotency_key = 'once') WHERE idempotency_key = 'other'"));

        (await _sut.BeginAsync(Scope with { Key = "other" }, Route, Body)).Refused!.Code.ShouldBe("idempotency_answer_not_kept");
    }

    [Fact]
    public async Task Begin_DatabaseFails_RefusesTheCallAndForgetsIt()
    {
        await _database.WriteAsync(connection => connection.Execute("ALTER TABLE idempotency_keys RENAME TO gone"));
        var refused = (await BeginAsync()).Refused!;
        await _database.WriteAsync(connection => connection.Execute("ALTER TABLE gone RENAME TO idempotency_keys"));

        refused.Code.ShouldBe("idempotency_unavailable");
        refused.Status.ShouldBe(503);
        (await BeginAsync()).Proceed.ShouldNotBeNull();
    }

    [Fact]
    public async Task Complete_DatabaseFails_LeavesTheOutcomeUnknown()
    {
        var call = (await BeginAsync()).Proceed!;
        await _database.WriteAsync(connection => connection.Execute("ALTER TABLE idempotency_keys RENAME TO gone"));
        await call.CompleteAsync(200, Headers);
        await _database.WriteAsync(connection => connection.Execute("ALTER TABLE gone RENAME TO idempotency_keys"));

        (await BeginAsync()).Refused!.Code.ShouldBe("idempotency_outcome_unknown");
    }

    private ValueTask<IdempotencyDecision> BeginAsync() => _sut.BeginAsync(Scope, Route, Body);

    private IdempotencyStore Store() => new(_database, _storage.MasterKey(_database), _time);

    private IdempotencyGate CreateSut() => new(Store(), _time, NullLogger<IdempotencyGate>.Instance);

    private long Rows()
    {
        using var read = _database.Read();
        return read.Connection.Scalar<long>("SELECT COUNT(*) FROM idempotency_keys");
    }
}
