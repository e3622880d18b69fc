using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Idempotency;

namespace Sluice.Tests.Idempotency;

public sealed class StoredAnswerTests
{
    [Fact]
    public void Decode_WhatWasEncoded_IsTheSame()
    {
        var bodies = ArbMap.Default.ArbFor<byte[]>().Generator;
        var headers = Gen.Elements(("content-type", "text/event-stream"), ("x-request-id", "req_1"), ("x-empty", ""), ("x-odd", "a: b; c=\"d\"")).ListOf();
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(bodies.ToArbitrary(), headers.ToArbitrary(), Gen.Choose(200, 599).ToArbitrary(), (body, some, status) =>
        {
            var expected = some.Select(header => KeyValuePair.Create(header.Item1, header.Item2)).ToList();

            var answer = StoredAnswer.Decode(StoredAnswer.Encode(status, expected, body));

            return answer is not null && answer.Status == status && answer.Headers.SequenceEqual(expected) && answer.Body.Span.SequenceEqual(body);
        }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("200")]
    [InlineData("200\r\n")]
    [InlineData("two\r\n\r\n")]
    [InlineData("200 OK\r\n\r\n")]
    [InlineData("200\r\nno colon\r\n\r\n")]
    public void Decode_SomethingElse_IsNull(string text) => StoredAnswer.Decode(Encoding.ASCII.GetBytes(text)).ShouldBeNull();
}
