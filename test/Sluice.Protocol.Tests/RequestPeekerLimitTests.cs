using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Sluice.Protocol.Tests;

/// <summary>What a hostile body may cost (threat 25).</summary>
public class RequestPeekerLimitTests
{
    private const int Depth = 128;

    [Fact]
    public void Peek_OrdinaryBodies_AllocateNothing()
    {
        var prompt = string.Concat(Enumerable.Repeat("He said \\\"hello\\\", 你好.\\n", 1000));
        var chat = Encoding.UTF8.GetBytes($$"""{"model":"g\u0070t","messages":[{"role":"user","content":"{{prompt}}"}],"stream":true,"stream_options":{"include_usage":false},"max_tokens":5,"user":"u","se\u0065d":1,"other":[1,2]}""");
        var gemini = "{\"contents\":[{\"parts\":[{\"text\":\"hi\"}]}],\"generationConfig\":{\"maxOutputTokens\":5},\"x\":1}"u8.ToArray();

        Allocation.Of(() => RequestPeeker.Peek(chat, Operation.Chat, Depth, out _).ShouldBeNull()).ShouldBe(0);
        Allocation.Of(() => RequestPeeker.Peek(gemini, Operation.GenerateContent, Depth, out _).ShouldBeNull()).ShouldBe(0);
    }

    [Fact]
    public void Peek_AHundredNames_AllocatesNothing()
    {
        var body = Named(100);

        Allocation.Of(() => RequestPeeker.Peek(body, Operation.Completions, Depth, out _).ShouldBeNull()).ShouldBe(0);
    }

    [Fact]
    public void Peek_AMillionNames_TakesLinearTime()
    {
        var body = Named(1_000_000);

        ShouldRunWithin(1000, () => RequestPeeker.Peek(body, Operation.Completions, Depth, out _).ShouldBeNull());
    }

    [Fact]
    public void Peek_AMillionNamesAndTheLastTwice_IsRefused()
    {
        var body = Named(1_000_000, "\"k999999\":0,");

        RequestPeeker.Peek(body, Operation.Completions, Depth, out _).ShouldNotBeNull().Code.ShouldBe(PeekErrors.DuplicateKey);
    }

    [Theory]
    [InlineData('[')]
    [InlineData('{')]
    public void Peek_AMillionOpenContainers_AreRefusedAtTheLimit(char open)
    {
        var body = Encoding.ASCII.GetBytes("{\"x\":" + (open == '[' ? new string('[', 1_000_000) : string.Concat(Enumerable.Repeat("{\"a\":", 1_000_000))));

        var error = RequestPeeker.Peek(body, Operation.Completions, Depth, out _).ShouldNotBeNull();

        error.Code.ShouldBe(PeekErrors.JsonTooDeep);
        error.Message.ShouldContain("128");
    }

    [Fact]
    public void Peek_AHundredThousandDigits_TakesLinearTime()
    {
        var body = Encoding.ASCII.GetBytes($$"""{"model":"m","max_tokens":{{new string('9', 100_000)}},"n":0.{{new string('1', 100_000)}}}""");

        ShouldRunWithin(500, () => RequestPeeker.Peek(body, Operation.Completions, Depth, out _).ShouldBeNull());
    }

    [Fact]
    public void Peek_NamesThatCollideInASimpleHash_TakeLinearTime()
    {
        // Permutations of the same characters: equal sums, equal lengths, equal ends.
        var body = new StringBuilder("{\"model\":\"m\"");
        for (var i = 0; i < 200_000; i++)
        {
            var digits = Convert.ToString(i, 2).PadLeft(18, '0').Replace('0', 'A').Replace('1', 'B');
            var mirrored = digits.Replace('A', 'x').Replace('B', 'A').Replace('x', 'B');
            body.Append(",\"k").Append(digits).Append(mirrored).Append("k\":0");
        }

        var bytes = Encoding.ASCII.GetBytes(body.Append('}').ToString());

        ShouldRunWithin(1000, () => RequestPeeker.Peek(bytes, Operation.Completions, Depth, out _).ShouldBeNull());
    }

    private static byte[] Named(int names, string last = "")
    {
        var body = new StringBuilder("{");
        for (var i = 0; i < names; i++)
        {
            body.Append(CultureInfo.InvariantCulture, $"\"k{i}\":0,");
        }

        return Encoding.ASCII.GetBytes(body.Append(last).Append("\"model\":\"m\"}").ToString());
    }

    /// <summary>
    /// The best of several runs, which ends early when it is good enough. The bounds are wide, because other programs use
    /// the machine too and the first runs are not yet compiled well; quadratic time misses them by a factor of hundreds.
    /// The true figures stand in bench/Sluice.Benchmarks.
    /// </summary>
    private static void ShouldRunWithin(int milliseconds, Action run)
    {
        var bound = TimeSpan.FromMilliseconds(milliseconds);
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 40 && best > bound; i++)
        {
            var start = Stopwatch.GetTimestamp();
            run();
            var elapsed = Stopwatch.GetElapsedTime(start);
            best = elapsed < best ? elapsed : best;
        }

        best.ShouldBeLessThanOrEqualTo(bound);
    }
}
