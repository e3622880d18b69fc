using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Mcp.Wire;

namespace Sluice.Tests.Mcp.Wire;

public sealed class RpcMessageTests
{
    private const string Call = """{"jsonrpc":"2.0","id":"a\u0022","method":"tools/call","params":{"name":"x","arguments":{"n":1.10,"big":12345678901234567890}}}""";

    [Fact]
    public void Read_Request_KeepsIdAndParamsAsTheyAreWritten()
    {
        var message = RpcMessage.Read(Encoding.UTF8.GetBytes(Call)).ShouldNotBeNull();

        message.Kind.ShouldBe(RpcKind.Request);
        message.Id.ShouldBe("\"a\\u0022\"");
        Encoding.UTF8.GetString(message.Raw).ShouldBe("""{"name":"x","arguments":{"n":1.10,"big":12345678901234567890}}""");
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","method":"x"}""", RpcKind.Notification)]
    [InlineData("""{"jsonrpc":"2.0","id":null,"method":"x"}""", RpcKind.Notification)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{}}""", RpcKind.Result)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":""}}""", RpcKind.Error)]
    [InlineData("""{"jsonrpc":"2.0","id":null,"error":{}}""", RpcKind.Error)]
    public void Read_Message_IsKnownByItsMembers(string json, object kind) => RpcMessage.Read(Encoding.UTF8.GetBytes(json)).ShouldNotBeNull().Kind.ShouldBe(kind);

    [Theory]
    [InlineData("", RpcProblem.NotJson)]
    [InlineData("{", RpcProblem.NotJson)]
    [InlineData("{} {}", RpcProblem.NotJson)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"x","id":2}""", RpcProblem.NotJson)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"x","params":{"name":"a","n\u0061me":"b"}}""", RpcProblem.NotJson)]
    [InlineData("[]", RpcProblem.Batch)]
    [InlineData("7", RpcProblem.NotAMessage)]
    [InlineData("""{"id":1,"method":"x"}""", RpcProblem.NotAMessage)]
    [InlineData("""{"jsonrpc":"1.0","id":1,"method":"x"}""", RpcProblem.NotAMessage)]
    [InlineData("""{"jsonrpc":"2.0","id":{},"method":"x"}""", RpcProblem.NotAMessage)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":5}""", RpcProblem.NotAMessage)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"x","params":[1]}""", RpcProblem.NotAMessage)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":5}""", RpcProblem.NotAMessage)]
    [InlineData("""{"jsonrpc":"2.0","id":1}""", RpcProblem.NotAMessage)]
    public void ReadStrictly_AnythingElse_IsRefused(string json, object problem)
    {
        RpcMessage.ReadStrictly(Encoding.UTF8.GetBytes(json), out var found).ShouldBeNull();
        found.ShouldBe(problem);
    }

    [Fact]
    public void Read_MutatedBytes_NeverThrows()
        => Prop.ForAll(
            Gen.Zip(Gen.Choose(0, Call.Length - 1), Gen.Choose(0, 255)).ListOf().ToArbitrary(),
            changes =>
            {
                var bytes = Encoding.UTF8.GetBytes(Call);
                foreach (var (at, value) in changes)
                {
                    bytes[at] = (byte)value;
                }

                _ = RpcMessage.Read(bytes)?.Raw.Length;
                _ = RpcMessage.ReadStrictly(bytes, out _)?.Meta;
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Fact]
    public void Writer_PartsWithLineEnds_GiveOneLine()
    {
        var message = RpcWriter.Result("7", Encoding.UTF8.GetBytes("{\n  \"a\": \"b\\nc\",\r\n  \"d\": 1.0\n}"));

        Encoding.UTF8.GetString(message).ShouldBe("""{"jsonrpc":"2.0","id":7,"result":{   "a": "b\nc",    "d": 1.0 }}""");
    }

    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("", "=?base64??=")]
    [InlineData(" edge", "=?base64?IGVkZ2U=?=")]
    [InlineData("Köln", "=?base64?S8O2bG4=?=")]
    [InlineData("=?base64?eA==?=", "=?base64?PT9iYXNlNjQ/ZUE9PT89?=")]
    public void HeaderText_AnyText_ComesBack(string text, string header)
    {
        HeaderText.Encode(text).ShouldBe(header);
        HeaderText.Decode(header).ShouldBe(text);
    }

    [Fact]
    public void HeaderText_MarkedAndNoBase64_IsNothing() => HeaderText.Decode("=?base64?***?=").ShouldBeNull();
}
