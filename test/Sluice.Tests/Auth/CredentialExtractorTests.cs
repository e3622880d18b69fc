using Microsoft.AspNetCore.Http;
using Sluice.Auth;
using Sluice.Protocol.Canonical;

namespace Sluice.Tests.Auth;

public sealed class CredentialExtractorTests
{
    private readonly DefaultHttpContext _context = new();

    [Theory]
    [InlineData("Authorization", "Bearer sk-1")]
    [InlineData("Authorization", "bearer   sk-1")]
    [InlineData("x-api-key", "sk-1")]
    [InlineData("x-goog-api-key", "sk-1")]
    [InlineData("api-key", "sk-1")]
    public void Extract_EachHeader_GivesTheText(string header, string value)
    {
        _context.Request.Headers[header] = value;

        Extract(out var credential).ShouldBeNull();

        credential.Text.ToString().ShouldBe("sk-1");
        credential.Carrier.ShouldBeSameAs(value);
    }

    [Theory]
    [InlineData("openai-insecure-api-key.sk-1")]
    [InlineData("realtime, openai-insecure-api-key.sk-1,openai-beta.realtime-v1")]
    public void Extract_Subprotocol_GivesTheTextOnModelPathsOnly(string offered)
    {
        _context.Request.Headers.SecWebSocketProtocol = offered;

        Extract(out var credential).ShouldBeNull();
        credential.Text.ToString().ShouldBe("sk-1");

        CredentialExtractor.Extract(_context.Request, allowQuery: false, out credential).ShouldBeNull();
        credential.IsEmpty.ShouldBeTrue();
    }

    [Theory]
    [InlineData("?key=sk-1")]
    [InlineData("?alt=sse&key=sk-1")]
    [InlineData("?key=sk%2D1&alt=sse")]
    public void Extract_Query_GivesTheDecodedTextOnModelPathsOnly(string query)
    {
        _context.Request.QueryString = new QueryString(query);

        Extract(out var credential).ShouldBeNull();
        credential.Text.ToString().ShouldBe("sk-1");

        CredentialExtractor.Extract(_context.Request, allowQuery: false, out credential).ShouldBeNull();
        credential.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void Extract_SameTextInEveryPlace_IsFine()
    {
        var headers = _context.Request.Headers;
        headers.Authorization = "Bearer sk-1";
        headers["x-api-key"] = "sk-1";
        headers["x-goog-api-key"] = "sk-1";
        headers["api-key"] = "sk-1";
        _context.Request.QueryString = new QueryString("?key=sk-1");

        Extract(out var credential).ShouldBeNull();
        credential.Text.ToString().ShouldBe("sk-1");
    }

    [Theory]
    [InlineData("x-api-key", "sk-2", "")]
    [InlineData("x-goog-api-key", "sk-2", "")]
    [InlineData("api-key", "sk-12", "")]
    [InlineData("x-other", "", "?key=sk-2")]
    public void Extract_TwoDifferentTexts_AreRefused(string header, string value, string query)
    {
        _context.Request.Headers.Authorization = "Bearer sk-1";
        _context.Request.Headers[header] = value;
        _context.Request.QueryString = new QueryString(query);

        var error = Extract(out _).ShouldNotBeNull();
        error.Code.ShouldBe("conflicting_credentials");
        error.Kind.ShouldBe(ErrorKind.InvalidRequest);
    }

    [Fact]
    public void Extract_RepeatedHeaderWithDifferentTexts_IsRefused()
    {
        _context.Request.Headers["x-api-key"] = new(["sk-1", "sk-2"]);

        Extract(out _).ShouldNotBeNull().Code.ShouldBe("conflicting_credentials");
    }

    [Theory]
    [InlineData("Basic dXNlcjpwYXNz")]
    [InlineData("sk-1")]
    [InlineData("Bearersk-1")]
    public void Extract_OtherScheme_Is401(string value)
    {
        _context.Request.Headers.Authorization = value;
        _context.Request.Headers["x-api-key"] = "sk-1";

        Extract(out _).ShouldNotBeNull().Kind.ShouldBe(ErrorKind.Unauthenticated);
    }

    [Theory]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("")]
    public void Extract_EmptyCarrier_CountsAsAbsent(string value)
    {
        _context.Request.Headers.Authorization = value;
        _context.Request.QueryString = new QueryString("?key=");

        Extract(out var credential).ShouldBeNull();
        credential.IsEmpty.ShouldBeTrue();

        _context.Request.Headers["x-api-key"] = "sk-1";
        Extract(out credential).ShouldBeNull();
        credential.Text.ToString().ShouldBe("sk-1");
    }

    [Fact]
    public void Extract_Headers_AllocatesNothing()
    {
        _context.Request.Headers.Authorization = "Bearer sk-1";
        Extract(out _);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Extract(out _);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private GatewayError? Extract(out PresentedCredential credential)
        => CredentialExtractor.Extract(_context.Request, allowQuery: true, out credential);
}
