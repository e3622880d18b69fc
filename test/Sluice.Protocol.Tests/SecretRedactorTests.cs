using System.Buffers;
using System.Text;

namespace Sluice.Protocol.Tests;

public class SecretRedactorTests
{
    [Theory]
    [InlineData("no secret here", "sk-abc/1", "no secret here", false)]
    [InlineData("key sk-abc/1.", "sk-abc/1", "key ***.", true)]
    [InlineData("sk-abc/1sk-abc/1", "sk-abc/1", "******", true)]
    [InlineData("sk-abc sk-abc/1", "sk-abc/1", "sk-abc ***", true)]
    [InlineData("?key=sk%2Dabc%2f1&x", "sk-abc/1", "?key=***&x", true)]
    [InlineData("?key=sk-abc%2F1", "sk-abc/1", "?key=***", true)]
    [InlineData("\"sk-abc\\/1\"", "sk-abc/1", "\"***\"", true)]
    [InlineData("\"\\u0073k-abc\\u002F1\"", "sk-abc/1", "\"***\"", true)]
    [InlineData("a\\\"b\\\\c", "a\"b\\c", "***", true)]
    [InlineData("%73%6B\\u002dabc/1", "sk-abc/1", "***", true)]
    [InlineData("%7", "sk-abc/1", "%7", false)]
    [InlineData("%zzsk-abc/", "sk-abc/1", "%zzsk-abc/", false)]
    [InlineData("\\u00", "sk-abc/1", "\\u00", false)]
    [InlineData("100%", "%", "100***", true)]
    [InlineData("anything", "", "anything", false)]
    [InlineData("", "x", "", false)]
    [InlineData("aab", "ab", "a***", true)]
    public void Redact_AnySpelling_IsTakenOut(string body, string secret, string expected, bool found)
    {
        var output = new ArrayBufferWriter<byte>();

        SecretRedactor.Redact(Encoding.UTF8.GetBytes(body), Encoding.UTF8.GetBytes(secret), output).ShouldBe(found);

        Encoding.UTF8.GetString(output.WrittenSpan).ShouldBe(expected);
    }
}
