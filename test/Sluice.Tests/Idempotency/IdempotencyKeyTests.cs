using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Sluice.Idempotency;

namespace Sluice.Tests.Idempotency;

public sealed class IdempotencyKeyTests
{
    [Fact]
    public void Read_NoHeader_IsNoKeyAndNoError()
    {
        IdempotencyKey.Read(new HeaderDictionary(), out var key).ShouldBeNull();

        key.ShouldBeNull();
    }

    [Theory]
    [InlineData("a")]
    [InlineData("\"8e03978e-40d5-43e8-bc93-6894a57f9324\"")]
    [InlineData("!~|,;=")]
    public void Read_VisibleAscii_IsTheKey(string text)
    {
        IdempotencyKey.Read(Headers(text), out var key).ShouldBeNull();

        key.ShouldBe(text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("tab\there")]
    [InlineData("nul\0")]
    [InlineData("ünicode")]
    [InlineData("del\u007f")]
    public void Read_AnythingElse_IsRefused(string text)
    {
        IdempotencyKey.Read(Headers(text), out var key)!.Code.ShouldBe("invalid_idempotency_key");

        key.ShouldBeNull();
    }

    [Fact]
    public void Read_LongestText_IsTheBound()
    {
        IdempotencyKey.Read(Headers(new string('k', 255)), out _).ShouldBeNull();
        IdempotencyKey.Read(Headers(new string('k', 256)), out _).ShouldNotBeNull();
    }

    [Fact]
    public void Read_TwoKeys_AreRefused()
        => IdempotencyKey.Read(Headers(new StringValues(["a", "b"])), out _)!.Code.ShouldBe("invalid_idempotency_key");

    private static HeaderDictionary Headers(StringValues value) => new() { ["Idempotency-Key"] = value };
}
