using Microsoft.AspNetCore.Http;
using Sluice.Pipeline;

namespace Sluice.Tests.Pipeline;

public sealed class UpstreamQueryTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("?", "")]
    [InlineData("?beta=true", "beta=true")]
    [InlineData("?alt=sse&$fields=a%2Cb", "alt=sse&$fields=a%2Cb")]
    [InlineData("?flag", "flag")]
    [InlineData("?a=1&&b=2&", "a=1&b=2")]
    [InlineData("?keys=1&monkey=2", "keys=1&monkey=2")]
    [InlineData("?a=key", "a=key")]
    public void Of_OrdinaryParameters_AreKeptAsTheyWereEncoded(string query, string kept)
        => UpstreamQuery.Of(new QueryString(query)).ShouldBe(kept);

    [Theory]
    [InlineData("key=secret")]
    [InlineData("KEY=secret")]
    [InlineData("%6bey=secret")]
    [InlineData("%6B%65%79=secret")]
    [InlineData("k%65y=secret")]
    [InlineData("+key=secret")]
    [InlineData("key%20=secret")]
    [InlineData("key")]
    [InlineData("access_token=secret")]
    [InlineData("access%5Ftoken=secret")]
    [InlineData("oauth_token=secret")]
    [InlineData("api_key=secret")]
    [InlineData("api-key=secret")]
    [InlineData("apiKey=secret")]
    [InlineData("x-goog-api-key=secret")]
    [InlineData("x-api-key=secret")]
    [InlineData("token=secret")]
    [InlineData("authorization=Bearer%20secret")]
    [InlineData("quotaUser=someone")]
    public void Of_CredentialInAnySpelling_IsWithheld(string parameter)
    {
        UpstreamQuery.Of(new QueryString("?" + parameter)).ShouldBe("");
        UpstreamQuery.Of(new QueryString($"?alt=sse&{parameter}&beta=true")).ShouldBe("alt=sse&beta=true");
    }
}
