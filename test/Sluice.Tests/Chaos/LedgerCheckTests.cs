using Sluice.Chaos.Checks;
using Sluice.Chaos.Gateway;
using Sluice.Chaos.Load;

namespace Sluice.Tests.Chaos;

/// <summary>The harness's judgement can fail: every way in which a ledger can be wrong is found, and a right one passes.</summary>
public sealed class LedgerCheckTests
{
    private static readonly CallPlan Plan = new(1, 10, 20, 100, 0, 0, false);

    private readonly RunLog _log = new();

    [Theory]
    [InlineData("settled", true)]
    [InlineData("recovered", false)]
    [InlineData("estimated", false)]
    public void Compare_OneOutcomeOfADispatch_FindsNothing(string status, bool ended)
    {
        Dispatch(ended);

        Compare(Record(status)).Violations.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("void")]
    [InlineData("failed")]
    public void Compare_UndispatchedCallWithoutCharge_FindsNothing(string status)
    {
        _log.Add(Plan, "key");

        Compare(Record(status) with { Input = 0, Output = 0, CostNanoUsd = 0 }).Violations.ShouldBeEmpty();
    }

    [Fact]
    public void Compare_RecoveredWithoutDispatch_FindsNothing()
    {
        _log.Add(Plan, "key");

        Compare(Record("recovered")).Violations.ShouldBeEmpty();
    }

    [Fact]
    public void Compare_DispatchWithoutRecord_IsLost()
    {
        Dispatch(ended: false);

        Compare().Lost.ShouldBe(1);
    }

    [Fact]
    public void Compare_TwoRecords_IsDoubled()
    {
        Dispatch(ended: true);

        Compare(Record("settled"), Record("settled")).Doubled.ShouldBe(1);
    }

    [Theory]
    [InlineData("recovered", 10, 20, Violation.Unsettled)]
    [InlineData("settled", 10, 19, Violation.WrongTokens)]
    [InlineData("settled", 9, 20, Violation.WrongTokens)]
    [InlineData("failed", 0, 0, Violation.Free)]
    [InlineData("void", 0, 0, Violation.Free)]
    [InlineData("failed", 1, 0, Violation.Charged)]
    public void Compare_EndedCallNotBilledExactly_IsFound(string status, long input, long output, string violation)
    {
        Dispatch(ended: true);

        Compare(Record(status, input, output)).Count(violation).ShouldBe(1);
    }

    [Theory]
    [InlineData(1_000_000L)]
    [InlineData(-1L)]
    [InlineData(null)]
    public void Compare_RecoveredForAnImpossibleAmount_IsFound(long? output)
    {
        Dispatch(ended: false);
        var record = output is { } tokens ? Record("recovered", 0, tokens) : Record("recovered") with { CostNanoUsd = null };

        Compare(record).Count(Violation.OverBound).ShouldBe(1);
    }

    [Theory]
    [InlineData("settled")]
    [InlineData("estimated")]
    public void Compare_UndispatchedCallCharged_IsFound(string status)
    {
        _log.Add(Plan, "key");

        Compare(Record(status)).Count(Violation.Charged).ShouldBe(1);
    }

    [Theory]
    [InlineData("chaos-000000002")]
    [InlineData("mine")]
    [InlineData(null)]
    public void Compare_RecordOfNoCall_IsForeign(string? marker)
    {
        Dispatch(ended: true);

        Compare(Record("settled"), Record("settled") with { Marker = marker }).Count(Violation.Foreign).ShouldBe(1);
    }

    [Fact]
    public void Compare_RollUpsDiffer_IsFound()
    {
        Dispatch(ended: true);
        var record = Record("settled");

        LedgerCheck.Compare(_log, new LedgerCopy([record], 1, record.CostNanoUsd!.Value + 1)).Count(Violation.RollUps).ShouldBe(1);
        LedgerCheck.Compare(_log, new LedgerCopy([record], 2, record.CostNanoUsd!.Value)).Count(Violation.RollUps).ShouldBe(1);
    }

    [Fact]
    public void Compare_RequestOfNoClientAtTheOracle_IsFound()
    {
        _log.NoteDispatch(Plan, 100);

        Compare().Count(Violation.Stray).ShouldBe(1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void FromBody_WhatToBodyWrote_IsThePlan(int events)
    {
        var plan = Plan with { Events = events, Leaves = true, PauseMilliseconds = 3 };

        CallPlan.FromBody(plan.ToBody()).ShouldBe(plan);
    }

    private static LedgerRecord Record(string status, long input = 10, long output = 20)
        => new(Plan.Marker, "key", status, input, output, GatewaySetup.Cost(input, output));

    private void Dispatch(bool ended)
    {
        var call = _log.Add(Plan, "key");
        _log.NoteDispatch(Plan, 150).ShouldBe(call);
        if (ended)
        {
            call.NoteFinish();
            call.Outcome = CallOutcome.Ended;
        }
    }

    private LedgerVerdict Compare(params LedgerRecord[] records)
        => LedgerCheck.Compare(_log, new LedgerCopy(records, records.Length, records.Sum(record => record.CostNanoUsd ?? 0)));
}
