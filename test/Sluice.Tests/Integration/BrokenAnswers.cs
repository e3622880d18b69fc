using Sluice.TestKit.Upstream;
using Sluice.TestKit.Vendors;

namespace Sluice.Tests.Integration;

/// <summary>An answer that breaks its own grammar, and what becomes of it.</summary>
/// <param name="Upstream">The dialect that it is of.</param>
/// <param name="What">What is wrong.</param>
/// <param name="Answer">What the upstream sends.</param>
/// <param name="Repair">The code in the trace when it is repaired; empty when there is nothing to tell.</param>
/// <param name="Error">The code in the trace, of the answer or of the attempt, when it is not repaired; empty when it is.</param>
public sealed record BrokenAnswer(string Upstream, string What, UpstreamAnswer Answer, string Repair = "", string Error = "")
{
    public override string ToString() => $"{Upstream}: {What}";
}

/// <summary>What upstreams get wrong, dialect by dialect.</summary>
public static class BrokenAnswers
{
    private const string NoArguments = "invalid_upstream_answer";
    private const string Unfinished = "incomplete_upstream_answer";
    private const string Reported = "upstream_failed_in_stream";
    private const string Html = "<html><body><h1>502 Bad Gateway</h1></body></html>";

    public static IReadOnlyList<BrokenAnswer> All { get; } = [.. Messages(), .. Chat(), .. Responses(), .. Gemini()];

    private static IEnumerable<BrokenAnswer> Messages()
    {
        const string Name = "messages";
        var stream = AnthropicWire.Stream();
        var call = M("content_block_start", ",'index':1,'content_block':{'type':'tool_use','id':'toolu_1','name':'f','input':{}}");
        var other = call.Replace("\"index\":1", "\"index\":2", StringComparison.Ordinal);
        var unclosed = M("content_block_delta", """,'index':1,'delta':{'type':'input_json_delta','partial_json':'{\"a\":'}""");
        var finish = M("message_delta", ",'delta':{'stop_reason':'tool_use','stop_sequence':null},'usage':{'output_tokens':20}");
        yield return Of(Name, "no start", stream.Skip(1), "start_missing");
        yield return Of(Name, "two starts", [stream[0], .. stream], "start_repeated");
        yield return Of(Name, "a delta after the stop", [.. stream.Take(6), stream[4], .. stream.Skip(6)], "block_start_missing");
        yield return Of(Name, "a delta of no block", [stream[0], .. stream.Skip(3)], "block_start_missing");
        yield return Of(Name, "two blocks of one number", [.. stream.Take(2), stream[1], .. stream.Skip(2)], "block_start_repeated");
        yield return Of(Name, "arguments that never parse", [stream[0], call, unclosed, finish, stream[^1]], error: NoArguments);
        yield return Of(Name, "arguments of no call", [stream[0], unclosed, finish, stream[^1]], error: NoArguments);
        yield return Of(Name, "two calls of one id", [stream[0], call, M("content_block_stop", ",'index':1"), other, M("content_block_stop", ",'index':2"), finish, stream[^1]], "call_id_repeated");
        yield return Of(Name, "an unknown event", [stream[0], M("news", ",'index':9"), .. stream.Skip(1)]);
        yield return Of(Name, "usage after the end", [.. stream, stream[^2]]);
        yield return Of(Name, "no message_stop", stream.SkipLast(1), "end_mark_missing");
        yield return Of(Name, "no reason of the end", [.. stream.Take(6), stream[^1]], "finish_missing");
        yield return Of(Name, "no end at all", stream.Take(6), error: Unfinished);
        yield return Of(Name, "text after the reason of the end", [.. stream.Take(7), stream[1], stream[3], stream[5], stream[^1]], "content_after_finish");
        yield return Of(Name, "an error event", [.. stream.Take(4), AnthropicWire.ErrorEvent("overloaded_error", "no")], error: Reported);
        yield return Of(Name, "an event that is no JSON", [.. stream.Take(4), "event: ping\ndata: {\n\n", .. stream.Skip(4)], error: NoArguments);
        yield return new BrokenAnswer(Name, "a wrong content type", UpstreamAnswer.Stream("text/plain", stream), Error: NoArguments);
        yield return new BrokenAnswer(Name, "an HTML page", UpstreamAnswer.Stream("text/html", Html), Error: NoArguments);
    }

    private static IEnumerable<BrokenAnswer> Chat()
    {
        const string Name = "chat";
        var stream = OpenAIChatWire.Stream(includeUsage: true);
        yield return Of(Name, "text after the reason of the end", [.. stream.Take(4), stream[1], .. stream.Skip(4)], "content_after_finish");
        yield return Of(Name, "two reasons of the end", [.. stream.Take(4), stream[3], .. stream.Skip(4)], "finish_repeated");
        yield return Of(Name, "no [DONE]", stream.SkipLast(1), "end_mark_missing");
        yield return Of(Name, "no reason of the end", [.. stream.Take(3), .. stream.Skip(4)], "finish_missing");
        yield return Of(Name, "no end at all", stream.Take(3), error: Unfinished);
        yield return Of(Name, "usage after the end", [.. stream, stream[4]]);
        yield return Of(Name, "arguments that never parse", [stream[0], C(Call(0, "call_1", "{\\\"a\\\":")), C("", "tool_calls"), .. stream.Skip(4)], error: NoArguments);
        yield return Of(Name, "arguments of no call", [stream[0], C("""'tool_calls':[{'index':0,'function':{'arguments':'{}'}}]"""), C("", "tool_calls"), .. stream.Skip(4)], error: NoArguments);
        yield return Of(Name, "two calls of one id", [stream[0], C(Call(0, "call_1", "{}")), C(Call(1, "call_1", "{}")), C("", "tool_calls"), .. stream.Skip(4)], "call_id_repeated");
        yield return Of(Name, "a call without an id", [stream[0], C("""'tool_calls':[{'index':0,'function':{'name':'f','arguments':'{}'}}]"""), C("", "tool_calls"), .. stream.Skip(4)], "call_id_missing");
        yield return Of(Name, "a call without arguments", [stream[0], C(Call(0, "call_1", "")), C("", "tool_calls"), .. stream.Skip(4)], "arguments_missing");
        yield return Of(Name, "an error event", [.. stream.Take(2), $"data: {OpenAIChatWire.Error("no", "server_error")}\n\n"], error: Reported);
        yield return Of(Name, "an event that is no JSON", [.. stream.Take(2), "data: {\"choices\":[{\n\n", .. stream.Skip(2)], error: NoArguments);
        yield return Of(Name, "a member of a wrong kind", [.. stream.Take(2), "data: {\"choices\":[7]}\n\n", .. stream.Skip(2)], error: NoArguments);
        yield return new BrokenAnswer(Name, "an HTML page", UpstreamAnswer.Stream("text/html", Html), Error: NoArguments);
    }

    private static IEnumerable<BrokenAnswer> Responses()
    {
        const string Name = "responses";
        var stream = OpenAIResponsesWire.Stream();
        var call = M("response.output_item.added", ",'sequence_number':2,'output_index':0,'item':{'id':'fc_1','type':'function_call','call_id':'call_1','name':'f','arguments':'','status':'in_progress'}");
        var unclosed = M("response.function_call_arguments.delta", """,'sequence_number':3,'item_id':'fc_1','output_index':0,'delta':'{\"a\":'""");
        yield return Of(Name, "no start", stream.Skip(2), "start_missing");
        yield return Of(Name, "deltas before their item", [.. stream.Take(2), stream[4], stream[2], stream[3], .. stream.Skip(5)]);
        yield return Of(Name, "the end of an item before its deltas", [.. stream.Take(4), stream[8], .. stream.Skip(4).Take(4), stream[9]], "block_start_missing");
        yield return Of(Name, "an unknown event", [.. stream.Take(4), M("response.news", ",'sequence_number':4,'output_index':0"), .. stream.Skip(4)]);
        yield return Of(Name, "arguments that never parse", [.. stream.Take(2), call, unclosed, stream[9]], error: NoArguments);
        yield return Of(Name, "events after the end", [.. stream, stream[4]]);
        yield return Of(Name, "no end", stream.SkipLast(1), error: Unfinished);
        yield return Of(Name, "an error event", [.. stream.Take(5), M("error", ",'code':'server_error','message':'no','param':null,'sequence_number':5")], error: Reported);
        yield return Of(Name, "an event that is no JSON", [.. stream.Take(5), "event: x\ndata: nonsense\n\n", .. stream.Skip(5)], error: NoArguments);
        yield return new BrokenAnswer(Name, "an HTML page", UpstreamAnswer.Stream("text/html", Html), Error: NoArguments);
    }

    private static IEnumerable<BrokenAnswer> Gemini()
    {
        const string Name = "gemini";
        var first = GeminiWire.SseChunk("Hello");
        var last = GeminiWire.SseChunk(" there", last: true);
        yield return Of(Name, "a chunk without candidates", [first, G($"{{\"usageMetadata\":{GeminiWire.Usage}}}"), last]);
        yield return Of(Name, "text after the reason of the end", [first, last, first], "content_after_finish");
        yield return Of(Name, "two reasons of the end", [first, last, last], "content_after_finish");
        yield return Of(Name, "two calls of one id", [GCall("f1"), GCall("f1"), last], "call_id_repeated");
        yield return Of(Name, "no reason of the end", [first, first], error: Unfinished);
        yield return Of(Name, "an error chunk", [first, G(GeminiWire.Error(503, "UNAVAILABLE", "no"))], error: Reported);
        yield return Of(Name, "a chunk that is no JSON", [first, G("{\"candidates\":["), last], error: NoArguments);
        yield return Of(Name, "a member of a wrong kind", [first, G("""{"candidates":[{"content":{"parts":[{"functionCall":5}]}}]}"""), last], error: NoArguments);
        yield return new BrokenAnswer(Name, "an HTML page", UpstreamAnswer.Stream("text/html", Html), Error: "empty_stream");
    }

    private static BrokenAnswer Of(string upstream, string what, IEnumerable<string> parts, string repair = "", string error = "") =>
        new(upstream, what, UpstreamAnswer.Sse(parts), repair, error);

    private static string M(string type, string members) => $"event: {type}\ndata: {{\"type\":\"{type}\"{members.Replace('\'', '"')}}}\n\n";

    private static string Call(int index, string id, string arguments) =>
        $"'tool_calls':[{{'index':{index},'id':'{id}','type':'function','function':{{'name':'f','arguments':'{arguments}'}}}}]";

    private static string C(string delta, string finish = "") =>
        $"data: {{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"gpt-real\",\"choices\":[{{\"index\":0,\"delta\":{{{delta.Replace('\'', '"')}}},\"finish_reason\":{(finish.Length > 0 ? $"\"{finish}\"" : "null")}}}]}}\n\n";

    private static string G(string chunk) => $"data: {chunk}\r\n\r\n";

    private static string GCall(string id) =>
        G("{\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"functionCall\":{\"id\":\"" + id + "\",\"name\":\"f\",\"args\":{}}}]},\"index\":0}],\"modelVersion\":\"gemini-real\",\"responseId\":\"r1\"}");
}
