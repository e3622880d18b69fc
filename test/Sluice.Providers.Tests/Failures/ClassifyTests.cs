using System.Text;
using FsCheck;
using FsCheck.Fluent;
using static Sluice.Providers.Tests.ProviderFixture;

namespace Sluice.Providers.Tests.Failures;

/// <summary>What every provider has in common: no answer of a vendor can break the reading of it.</summary>
public class ClassifyTests
{
    private const string Whole =
        """{"type":"error","error":{"type":"rate_limit_error","code":429,"message":"ünï \u00e9","status":"X","details":[{"reason":"R","retryDelay":"3s","violations":[{"quotaId":"PerDay"}]}],"metadata":{"reasons":["a"]}},"request_id":"r"}""";

    [Fact]
    public void Classify_BodyCutAnywhere_NeverThrowsAndKeepsTheStatus()
    {
        var body = Encoding.UTF8.GetBytes(Whole);
        foreach (var provider in new[] { "openai", "anthropic", "gemini", "openrouter", "simulator" })
        {
            for (var length = 0; length <= body.Length; length++)
            {
                Get(provider).Classify(500, new HeaderList(), body.AsSpan(0, length), Now).Kind.ShouldBe(UpstreamFailureKind.ServerError);
            }
        }
    }

    [Fact]
    public void Classify_AnyBytes_NeverThrows() =>
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll<byte[], int>((bytes, status) =>
        {
            var failure = Get("simulator").Classify(status, new HeaderList { ["retry-after"] = Convert.ToHexString(bytes) }, bytes, Now);
            return failure.Status == status;
        }));

    [Fact]
    public void Classify_MutatedBody_NeverThrows()
    {
        var random = new System.Random(7);
        var body = Encoding.UTF8.GetBytes(Whole);
        for (var round = 0; round < 20_000; round++)
        {
            var mutant = (byte[])body.Clone();
            for (var change = random.Next(1, 6); change > 0; change--)
            {
                mutant[random.Next(mutant.Length)] = (byte)random.Next(256);
            }

            Get("gemini").Classify(429, new HeaderList(), mutant, Now).Status.ShouldBe(429);
        }
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("[[[[")]
    [InlineData("""{"error":null}""")]
    [InlineData("""{"error":[1,2]}""")]
    [InlineData("""{"error":{"code":null,"type":{"a":1},"message":["x"]}}""")]
    public void Classify_OddJson_FallsBackToTheStatus(string body) =>
        Classify("openai", 401, body).Kind.ShouldBe(UpstreamFailureKind.CredentialRejected);

    [Fact]
    public void Classify_DeepJson_FallsBackToTheStatus() =>
        Classify("openai", 401, string.Concat(Enumerable.Repeat("{\"error\":", 20_000))).Kind.ShouldBe(UpstreamFailureKind.CredentialRejected);

    [Fact]
    public void Classify_LongOrMultilineCode_IsFitForATrace()
    {
        var failure = Classify("openai", 400, $$$"""{"error":{"code":"a\r\nb{{{new string('x', 500)}}}"}}""");

        failure.Code.Length.ShouldBeLessThanOrEqualTo(100);
        failure.Code.ShouldStartWith("abx");
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("maybe", null)]
    public void Classify_XShouldRetry_IsPassedOn(string value, bool? expected) =>
        Classify("openai", 429, "", ("x-should-retry", value)).ShouldRetry.ShouldBe(expected);

    [Fact]
    public void Classify_RetryAfterHeader_IsPassedOn() =>
        Classify("anthropic", 429, "", ("retry-after", "7")).RetryAfter.ShouldBe(TimeSpan.FromSeconds(7));

    [Theory]
    [InlineData(301)]
    [InlineData(304)]
    [InlineData(101)]
    public void Classify_StatusThatIsNoAnswer_IsAProtocolError(int status) =>
        Classify("openai", status, "").Kind.ShouldBe(UpstreamFailureKind.ProtocolError);
}
