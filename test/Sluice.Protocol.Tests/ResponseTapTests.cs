using System.Text;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.Tests;

public class ResponseTapTests
{
    private readonly ResponseTap _tap = new();

    [Fact]
    public void Read_ChatStream_TakesTheLastUsage()
    {
        _tap.Start(Operation.Chat, ResponseFraming.Sse);
        _tap.Read(Encoding.UTF8.GetBytes("""
            : hello

            data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":null}],"usage":null}

            data: {"choices":[{"delta":{},"finish_reason":"stop"}],"usage":null}

            data: {"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"prompt_tokens_details":{"cached_tokens":4}}}

            data: [DONE]


            """));
        _tap.Complete();

        _tap.Usage.ShouldBe(new TokenUsage(6, 4, 0, 0, 5, 0));
        _tap.Events.ShouldBe(4);
        _tap.Ended.ShouldBeTrue();
        _tap.AtEventBoundary.ShouldBeTrue();
        _tap.OutputTextBytes.ShouldBe(2);
    }

    [Fact]
    public void Read_JsonBody_TakesItsUsage()
    {
        _tap.Start(Operation.Messages, ResponseFraming.Json);
        foreach (var one in Encoding.UTF8.GetBytes("""{"type":"message","content":[{"type":"text","text":"He\"llo"}],"usage":{"input_tokens":3,"output_tokens":4,"cache_read_input_tokens":9}}"""))
        {
            _tap.Read([one]);
        }

        _tap.Complete();

        _tap.Usage.ShouldBe(new TokenUsage(3, 9, 0, 0, 4, 0));
        _tap.Ended.ShouldBeTrue();
        _tap.OutputTextBytes.ShouldBe(7);
    }
}
