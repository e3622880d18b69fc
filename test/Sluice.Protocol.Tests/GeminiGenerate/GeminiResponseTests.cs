using System.Text;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Tests.Translation;
using static Sluice.Protocol.Tests.GeminiGenerate.GeminiWire;

namespace Sluice.Protocol.Tests.GeminiGenerate;

/// <summary>Google's answers for clients of other dialects, and theirs for Google's clients.</summary>
public class GeminiResponseTests
{
    [Theory]
    [InlineData("STOP", "stop", "end_turn")]
    [InlineData("MAX_TOKENS", "length", "max_tokens")]
    [InlineData("SAFETY", "content_filter", "refusal")]
    [InlineData("IMAGE_RECITATION", "content_filter", "refusal")]
    [InlineData("MALFORMED_FUNCTION_CALL", "error", "refusal")]
    [InlineData("CONTINUATION", "stop", "end_turn")]
    public void ToOthers_FinishReasons_FollowTheTable(string word, string chat, string anthropic)
    {
        var response = Wire.Response(Gemini, $$$"""{"candidates":[{"content":{"parts":[{"text":"x"}]},"finishReason":"{{{word}}}"}]}""");

        Wire.Write(Wire.Chat, response, Wire.To(Wire.Chat))["choices"]![0]!["finish_reason"]!.GetValue<string>().ShouldBe(chat);
        Wire.Write(Wire.Anthropic, response, Wire.To(Wire.Anthropic))["stop_reason"]!.GetValue<string>().ShouldBe(anthropic);
    }

    [Fact]
    public void ToOthers_CallWithStop_EndsForTools()
    {
        var response = Wire.Response(Gemini, """{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"a":1}}}]},"finishReason":"STOP"}],"responseId":"r"}""");

        Wire.Write(Wire.Chat, response, Wire.To(Wire.Chat))["choices"]![0]!["finish_reason"]!.GetValue<string>().ShouldBe("tool_calls");
        Wire.Write(Wire.Anthropic, response, Wire.To(Wire.Anthropic))["stop_reason"]!.GetValue<string>().ShouldBe("tool_use");
    }

    [Fact]
    public void ToChat_BlockedPrompt_IsAFilteredAnswer()
    {
        var response = Wire.Response(Gemini, """{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},"usageMetadata":{"promptTokenCount":7}}""");

        var choice = Wire.Write(Wire.Chat, response, Wire.To(Wire.Chat))["choices"]![0]!;

        choice["finish_reason"]!.GetValue<string>().ShouldBe("content_filter");
        Wire.Write(Gemini, response, ToGemini())["candidates"].ShouldBeNull();
    }

    [Fact]
    public void ToChat_Grounding_CountsInScalarsOfTheWholeText()
    {
        const string answer = """
            {"candidates":[{"content":{"parts":[{"text":"hm","thought":true},{"text":"Größe 😀 is"},{"text":" big"}],"role":"model"},"finishReason":"STOP",
              "groundingMetadata":{"webSearchQueries":["q"],"groundingChunks":[{"web":{"uri":"https://a","title":"A"}},{"web":{"uri":"https://b","title":"B"}}],
              "groundingSupports":[{"segment":{"partIndex":1,"startIndex":8,"endIndex":12,"text":"😀"},"groundingChunkIndices":[0]},{"segment":{"partIndex":2,"startIndex":1,"endIndex":4},"groundingChunkIndices":[1,9]}]}}]}
            """;

        var grounding = Wire.Response(Gemini, answer).Choices[0].Grounding.ShouldNotBeNull();
        var annotations = Wire.Write(Wire.Chat, Wire.Response(Gemini, answer), Wire.To(Wire.Chat))["choices"]![0]!["message"]!["annotations"]!.AsArray();

        grounding.Queries.ShouldBe(["q"]);
        annotations.Select(annotation => annotation!["url_citation"]!).Select(citation => (citation["url"]!.GetValue<string>(), citation["start_index"]!.GetValue<int>(), citation["end_index"]!.GetValue<int>()))
            .ShouldBe([("https://a", 6, 7), ("https://b", 11, 14)]);
    }

    [Fact]
    public void FromChat_Annotations_BecomeGroundingInBytes()
    {
        const string answer = """
            {"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"größe 😀!",
             "annotations":[{"type":"url_citation","url_citation":{"start_index":6,"end_index":7,"title":"t","url":"https://a"}}]}}]}
            """;

        var metadata = Wire.Write(Gemini, Wire.Response(Wire.Chat, answer), Wire.To(Gemini))["candidates"]![0]!["groundingMetadata"]!;

        metadata["groundingChunks"]!.ToJsonString().ShouldBe("""[{"web":{"uri":"https://a","title":"t"}}]""");
        metadata["groundingSupports"]![0]!["segment"]!["startIndex"]!.GetValue<int>().ShouldBe(8);
        metadata["groundingSupports"]![0]!["segment"]!["endIndex"]!.GetValue<int>().ShouldBe(12);
        metadata["groundingSupports"]![0]!["segment"]!["text"]!.GetValue<string>().ShouldBe("😀");
    }

    [Fact]
    public void FromChat_UsageLogprobsAndChoices_AreCarried()
    {
        const string answer = """
            {"id":"c","object":"chat.completion","created":1,"model":"m","usage":{"prompt_tokens":10,"completion_tokens":8,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":3}},
             "choices":[{"index":0,"finish_reason":"length","message":{"role":"assistant","content":"a"},"logprobs":{"content":[{"token":"a","logprob":-0.5,"top_logprobs":[{"token":"b","logprob":-1.5}]}]}},
                        {"index":1,"finish_reason":"content_filter","message":{"role":"assistant","content":null,"refusal":"no"}}]}
            """;

        var written = Wire.Write(Gemini, Wire.Response(Wire.Chat, answer), Wire.To(Gemini));

        written["usageMetadata"]!.ToJsonString().ShouldBe("""{"promptTokenCount":10,"cachedContentTokenCount":4,"candidatesTokenCount":5,"thoughtsTokenCount":3,"totalTokenCount":18}""");
        written["candidates"]![0]!["logprobsResult"]!.ToJsonString().ShouldBe(
            """{"topCandidates":[{"candidates":[{"token":"b","logProbability":-1.5}]}],"chosenCandidates":[{"token":"a","logProbability":-0.5}]}""");
        written["candidates"]!.AsArray().Select(candidate => candidate!["finishReason"]!.GetValue<string>()).ShouldBe(["MAX_TOKENS", "SAFETY"]);
        written["candidates"]![1]!["content"]!["parts"]!.ToJsonString().ShouldBe("""[{"text":"no"}]""");
    }

    [Theory]
    [InlineData("""{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"project 123"}}""", ErrorKind.RateLimited)]
    [InlineData("""{"usageMetadata":{}}""", ErrorKind.UpstreamFailed)]
    [InlineData("""{"candidates":[7]}""", ErrorKind.UpstreamFailed)]
    [InlineData("""<html>""", ErrorKind.UpstreamFailed)]
    public void Reading_WhatIsNoAnswer_IsAnError(string body, ErrorKind kind)
    {
        Gemini.Reader.TryReadResponse(Encoding.UTF8.GetBytes(body), new Owner(Dialect.GeminiGenerate), out _, out var error).ShouldBeFalse();

        error!.Kind.ShouldBe(kind);
        error.Message.ShouldNotContain("123");
    }

    [Fact]
    public void Reading_MutatedDocuments_GivesDocumentsOrTypedErrors()
    {
        var random = new Random(1);
        for (var seed = 0; seed < 300; seed++)
        {
            var documents = new GeminiDocuments(seed);
            var request = Encoding.UTF8.GetBytes(documents.Request().ToJsonString());
            var response = Encoding.UTF8.GetBytes(documents.Response().ToJsonString());
            var stream = Encoding.UTF8.GetBytes(Wire.Write(Gemini, ResponseEvents.Of(Wire.Response(Gemini, Encoding.UTF8.GetString(response))), ToGemini() with { Framing = ResponseFraming.JsonArray }));
            for (var i = 0; i < 15; i++)
            {
                CheckRequest(Mutation.Of(request, random));
                CheckResponse(Mutation.Of(response, random));
                CheckStream(Mutation.Of(stream, random), ResponseFraming.JsonArray);
                CheckStream([.. "data: "u8, .. Mutation.Of(response, random), .. "\n\n"u8], ResponseFraming.Sse);
            }
        }
    }

    private static void CheckRequest(byte[] body)
    {
        if (Gemini.Reader.TryReadRequest(body, out var request, out var error))
        {
            // What is read can be written, and what is written is JSON, for every dialect.
            Wire.Write(Gemini, request, ToGemini());
            Wire.Write(Wire.Chat, request, Wire.To(Wire.Chat, Gemini));
            Wire.Write(Wire.Anthropic, request, Wire.To(Wire.Anthropic, Gemini));
        }
        else
        {
            error.Kind.ShouldBe(ErrorKind.InvalidRequest);
        }
    }

    private static void CheckResponse(byte[] body)
    {
        if (Gemini.Reader.TryReadResponse(body, new Owner(Dialect.GeminiGenerate), out var response, out var error))
        {
            Wire.Write(Gemini, response, ToGemini());
            Wire.Write(Wire.Chat, response, Wire.To(Wire.Chat));
            Wire.Write(Wire.Anthropic, response, Wire.To(Wire.Anthropic));
        }
        else
        {
            error.Code.ShouldBeOneOf(TranslationErrors.InvalidUpstreamAnswer, TranslationErrors.UpstreamFailedInStream);
        }
    }

    private static void CheckStream(byte[] body, ResponseFraming framing)
    {
        var events = Read(Pieces.Random(body, new Random(body.Length), 100), framing, out _);

        events[^1].ShouldBeAssignableTo<StreamEvent>();
        (events[^1] is MessageStop or StreamFailure).ShouldBeTrue();
        Wire.Write(Wire.Chat, events, Wire.To(Wire.Chat));
        foreach (var call in events.OfType<StreamFailure>().Any() ? [] : Wire.Assemble(events).Choices.SelectMany(choice => choice.Content).OfType<ToolCallBlock>())
        {
            RawJson.IsValid(call.Arguments.Span).ShouldBeTrue();
        }
    }
}
