using Sluice.Fuzz;

namespace Sluice.Protocol.Tests.Translation;

/// <summary>
/// The short form of bench/fuzz: whatever comes, a reader gives events or a typed error, in proportion to what came, and whatever
/// it accepts every dialect can write. The seed is fixed, so that a failure is the same on every machine.
/// </summary>
public class HostileInputTests
{
    private const int Inputs = 8000;
    private const int Seed = 20;

    public static TheoryData<string> Readers => new(Subject.All.Select(subject => subject.Name));

    [Theory]
    [MemberData(nameof(Readers))]
    public void Read_Spoilt_KeepsItsPromises(string reader)
    {
        var trial = FuzzRun.All(Seed, Inputs, TimeSpan.FromMinutes(1), reader, (_, _) => { }).Single();

        trial.Inputs.ShouldBe(Inputs);
        trial.Accepted.ShouldBeInRange(Inputs / 20, Inputs * 9 / 10, "both what is good and what is not must be tried");
        trial.Examples.Select(example => $"{example.Key}: {example.Value}").ShouldBeEmpty();
    }

    [Fact]
    public void Trial_ReaderThatThrows_IsNoticed()
    {
        var trial = new Trial(new ThrowingSubject(), FuzzRun.Mutator, Seed);

        trial.Run(0, 10);

        trial.Violations.ShouldBe(10);
        trial.Examples.Keys.Single().ShouldStartWith(nameof(FormatException));
    }

    private sealed class ThrowingSubject() : Subject("throws", Dialect.OpenAIChat, ["{\"a\":1}"u8.ToArray()])
    {
        protected override Reading Read(byte[] input, Random random, Dialect target) => throw new FormatException();
    }
}
