using System.Text;

namespace Sluice.Protocol.Tests;

public class RequestPeekerTests
{
    private const int Depth = 64;

    [Fact]
    public void Peek_ChatBody_FindsEveryMember()
    {
        const string Json = """ {"model":"gpt-4o","messages":[{"role":"user","content":"a\"b"}],"stream": true,"stream_options":{"include_usage": false},"n":2,"max_tokens":7,"max_completion_tokens":9} """;
        var body = Encoding.UTF8.GetBytes(Json);

        RequestPeeker.Peek(body, Operation.Chat, Depth, out var peek).ShouldBeNull();

        Text(body, peek.Model).ShouldBe("\"gpt-4o\"");
        peek.ModelEscaped.ShouldBeFalse();
        peek.Stream.ShouldBeTrue();
        Text(body, peek.StreamOptions).ShouldBe("""{"include_usage": false}""");
        Text(body, peek.IncludeUsageValue).ShouldBe("false");
        peek.IncludeUsage.ShouldBeFalse();
        peek.Choices.ShouldBe(2);
        Text(body, peek.MaxTokens).ShouldBe("9");
        peek.MaxTokensValue.ShouldBe(9);
        peek.ObjectStart.ShouldBe(1);
        peek.IsEmptyObject.ShouldBeFalse();
    }

    private static string Text(byte[] body, Json.JsonSlice slice) => Encoding.UTF8.GetString(slice.Of(body));
}
