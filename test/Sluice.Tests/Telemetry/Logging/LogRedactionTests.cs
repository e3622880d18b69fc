using Sluice.Telemetry.Logging;

namespace Sluice.Tests.Telemetry.Logging;

public sealed class LogRedactionTests
{
    [Theory]
    [InlineData("key sk-proj-abcdefgh12345678 was refused", "key *** was refused")]
    [InlineData("sk-ant-api03-AAAA_bbbb-cccc", "***")]
    [InlineData("Authorization: Bearer abcdef123456", "Authorization: Bearer ***")]
    [InlineData("authorization: bearer ya29.a0AfH6SMBx-y_z", "authorization: bearer ***")]
    [InlineData("GET https://x/v1beta/models?key=abcdefghijk&alt=sse", "GET https://x/v1beta/models?key=***&alt=sse")]
    [InlineData("AIzaSyA1234567890abcdefghijklmnopqrstuv", "***")]
    [InlineData("gsk_abcdefgh12345678", "***")]
    [InlineData("""{"client_secret":"abcdefgh","n":1}""", """{"client_secret":"***","n":1}""")]
    [InlineData("postgres://sluice:hunter2secret@db/sluice", "postgres://***@db/sluice")]
    [InlineData("token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.abc_def-ghi end", "token *** end")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----", "***")]
    public void Apply_Secrets_AreMasked(string line, string expected) => LogRedaction.Apply(line).ShouldBe(expected);

    [Theory]
    [InlineData("req_0123456789abcdef chat failed: status 502, code upstream_failed, key ci, provider openai-main, model smart, attempts 2, 30 ms")]
    [InlineData("Now listening on: http://127.0.0.1:8080")]
    [InlineData("the max_tokens: 4096 of model task-runner-1 is over the key's limit")]
    [InlineData("risk-assessment and disk-usage-report")]
    public void Apply_OrdinaryLines_StayTheSameInstance(string line) => LogRedaction.Apply(line).ShouldBeSameAs(line);
}
