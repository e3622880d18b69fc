using System.Text;
using Sluice.Pipeline;

namespace Sluice.Tests.Pipeline;

public sealed class HeaderPolicyTests
{
    [Theory]
    [InlineData("application/json", "application/json")]
    [InlineData("application/json; charset=utf-8", "application/json; charset=utf-8")]
    [InlineData("Application/JSON;charset=UTF-8", "Application/JSON;charset=UTF-8")]
    [InlineData("text/event-stream", "text/event-stream")]
    [InlineData("text/event-stream; charset=utf-8", "text/event-stream; charset=utf-8")]
    [InlineData("text/html", "application/octet-stream")]
    [InlineData("application/jsonp", "application/octet-stream")]
    [InlineData("image/svg+xml", "application/octet-stream")]
    [InlineData("", "application/octet-stream")]
    [InlineData("application/json; x=\u00e9", "application/json")]
    [InlineData("text/event-stream; x=\u0001", "text/event-stream")]
    public void ContentType_PassesNothingThatABrowserRunsOrTheServerRefuses(string upstream, string client)
        => HeaderPolicy.ContentType(Encoding.Latin1.GetBytes(upstream)).ShouldBe(client);

    [Theory]
    [InlineData("cookie")]
    [InlineData("authorization")]
    [InlineData("proxy-authorization")]
    [InlineData("x-api-key")]
    [InlineData("forwarded")]
    [InlineData("x-forwarded-for")]
    [InlineData("x-real-ip")]
    [InlineData("via")]
    [InlineData("referer")]
    [InlineData("origin")]
    [InlineData("user-agent")]
    [InlineData("openai-organization")]
    public void ToUpstream_WhatIdentifiesTheClient_IsNotLetThrough(string name) => HeaderPolicy.ToUpstream.ShouldNotContain(name);

    [Theory]
    [InlineData("set-cookie")]
    [InlineData("openai-organization")]
    [InlineData("openai-project")]
    [InlineData("anthropic-organization-id")]
    [InlineData("server")]
    public void ToClient_WhatIdentifiesTheOperator_IsNotLetThrough(string name) => HeaderPolicy.ToClient.Select(header => header.Name).ShouldNotContain(name);

    [Theory]
    [InlineData("plain text", true)]
    [InlineData("", true)]
    [InlineData("a\u00e9", false)]
    [InlineData("a\tb", false)]
    [InlineData("a\u007f", false)]
    public void IsSendable_PrintableAscii(string value, bool sendable) => HeaderPolicy.IsSendable(Encoding.Latin1.GetBytes(value)).ShouldBe(sendable);
}
