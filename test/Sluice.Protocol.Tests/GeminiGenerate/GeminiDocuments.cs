using System.Text.Json.Nodes;

namespace Sluice.Protocol.Tests.GeminiGenerate;

/// <summary>Makes documents that Google would take or send, different for every seed.</summary>
internal sealed class GeminiDocuments(int seed)
{
    private static readonly string[] Texts =
        ["hello", "a \"quoted\" \\ word", "line\nbreak\ttab", "größe 你好 😀", "{\"not\":\"data\"}", "data: x\r\n\r\n", "],[{", "\u0001\u007f", "x"];

    private static readonly string[] Arguments =
        ["{}", """{"city":"Zürich","n":12345678901234567890123}""", """{ "a" : [1, 2.50, 1e-7], "deep":{"b":null} }""", """{"s":"\"😀\\"}"""];

    private readonly Random _random = new(seed);
    private int _calls;

    public JsonObject Request()
    {
        var request = new JsonObject { ["contents"] = Contents() };
        Maybe(() => request["systemInstruction"] = new JsonObject { ["parts"] = new JsonArray(Text(), Text()) });
        Maybe(() => request["generationConfig"] = Config());
        Maybe(() => request["tools"] = Tools());
        Maybe(() => request["toolConfig"] = JsonNode.Parse(Pick(
            """{"functionCallingConfig":{"mode":"AUTO"}}""",
            """{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f"]},"retrievalConfig":{"languageCode":"de"}}""",
            """{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f","g"]}}""",
            """{"functionCallingConfig":{"mode":"NONE"}}""",
            """{"functionCallingConfig":{"mode":"VALIDATED","allowedFunctionNames":["f"],"streamFunctionCallArguments":true}}""")));
        Maybe(() => request["safetySettings"] = JsonNode.Parse("""[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"BLOCK_NONE"}]"""));
        Maybe(() => request["cachedContent"] = "cachedContents/1");
        Maybe(() => request["labels"] = JsonNode.Parse("""{"team":"a","cost-centre":"7"}"""));
        Maybe(() => request["serviceTier"] = Pick("flex", "standard", "priority", "tomorrow"));
        Maybe(() => request["store"] = Flip());
        Maybe(() => request["aNewMember"] = JsonNode.Parse("""[1,{"x":1.10}]"""));
        return request;
    }

    public JsonObject Response()
    {
        var candidates = new JsonArray();
        for (var i = _random.Next(1, 3) - 1; i >= 0; i--)
        {
            candidates.Insert(0, Candidate(i));
        }

        var response = new JsonObject { ["candidates"] = candidates, ["modelVersion"] = "gemini-x", ["responseId"] = "r1" };
        Maybe(() => response["createTime"] = "2026-11-21T10:00:00.123456Z");
        Maybe(() => response["modelStatus"] = JsonNode.Parse("""{"modelStage":"STABLE"}"""));
        Maybe(() => response["usageMetadata"] = JsonNode.Parse(
            """{"promptTokenCount":120,"candidatesTokenCount":9,"totalTokenCount":149,"cachedContentTokenCount":100,"thoughtsTokenCount":20,"trafficType":"ON_DEMAND"}"""));
        return response;
    }

    private JsonObject Config()
    {
        var config = new JsonObject();
        Maybe(() => config["temperature"] = Pick(0, 0.7, 2));
        Maybe(() => config["topP"] = Pick(0.1, 1));
        Maybe(() => config["topK"] = Pick(1, 40));
        Maybe(() => config["candidateCount"] = Pick(1, 3));
        Maybe(() => config["maxOutputTokens"] = Pick(1, 4096));
        Maybe(() => config["stopSequences"] = new JsonArray("x", "\n\n"));
        Maybe(() => config["seed"] = Pick(0, -7, int.MaxValue));
        Maybe(() => config["presencePenalty"] = Pick(-2, 0.5));
        Maybe(() => config["frequencyPenalty"] = Pick(-0.25, 2));
        Maybe(() => config["responseLogprobs"] = Flip());
        Maybe(() => config["logprobs"] = Pick(0, 20));
        Maybe(() => config["responseModalities"] = Flip() ? new JsonArray("TEXT", "IMAGE") : new JsonArray("AUDIO"));
        Maybe(() => config["imageConfig"] = JsonNode.Parse("""{"aspectRatio":"16:9","imageSize":"2K"}"""));
        Maybe(() => config["speechConfig"] = JsonNode.Parse("""{"languageCode":"de-DE"}"""));
        Maybe(() => config["thinkingConfig"] = JsonNode.Parse(Pick(
            """{"thinkingBudget":1024,"includeThoughts":true}""", """{"thinkingBudget":0}""", """{"thinkingBudget":-1,"includeThoughts":false}""",
            """{"includeThoughts":true,"later":{"x":1}}""")));
        switch (_random.Next(5))
        {
            case 0:
                config["responseMimeType"] = Pick("application/json", "text/plain", "text/x.enum");
                break;
            case 1:
                config["responseMimeType"] = "application/json";
                config["responseJsonSchema"] = JsonNode.Parse("""{"type":"object","properties":{"n":{"const":12345678901234567890}}}""");
                break;
            case 2:
                config["responseSchema"] = JsonNode.Parse("""{"type":"OBJECT","properties":{"type":{"type":"STRING","nullable":true}},"propertyOrdering":["type"]}""");
                config["responseMimeType"] = "application/json";
                break;
            default:
                break;
        }

        return config;
    }

    private static JsonNode? Tools() => JsonNode.Parse("""
        [{"functionDeclarations":[
            {"name":"f","description":"d","parameters":{"type":"OBJECT","properties":{"a":{"type":"ARRAY","items":{"type":"NUMBER"},"minItems":"2"}},"required":["a"]}},
            {"name":"g","parametersJsonSchema":{"type":"object","maximum":12345678901234567890},"behavior":"BLOCKING"},
            {"name":"now"}]},
         {"googleSearch":{"excludeDomains":["a.com"]}},
         {"urlContext":{}},
         {"codeExecution":{}},
         {"googleMaps":{"enableWidget":true}}]
        """);

    private JsonArray Contents()
    {
        var contents = new JsonArray();
        Repeat(3, () =>
        {
            contents.Add(new JsonObject { ["role"] = "user", ["parts"] = Parts(UserPart) });
            AddAnswer(contents);
        });
        contents.Add(new JsonObject { ["role"] = "user", ["parts"] = new JsonArray(Text()) });
        return contents;
    }

    private JsonArray Parts(Func<JsonNode> part)
    {
        var parts = new JsonArray();
        Repeat(4, () => parts.Add(part()));
        return parts;
    }

    private JsonNode UserPart() => Flip() ? Text() : JsonNode.Parse(Pick(
        """{"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgo+/w=="}}""",
        """{"inlineData":{"mimeType":"application/pdf","data":"JVBERi0=","displayName":"a.pdf"}}""",
        """{"inlineData":{"mimeType":"audio/wav","data":"UklGRg=="}}""",
        """{"fileData":{"mimeType":"video/mp4","fileUri":"gs://b/a.mp4"},"videoMetadata":{"fps":2,"startOffset":"1s"}}""",
        """{"fileData":{"fileUri":"https://generativelanguage.googleapis.com/v1beta/files/x","mimeType":"image/png"}}""",
        """{"inlineData":{"mimeType":"image/png","data":"iVBO"},"mediaResolution":{"level":"MEDIA_RESOLUTION_HIGH"}}""",
        """{"inlineData":{"mimeType":"image/png","data":"iVBO"},"mediaResolution":{"level":"MEDIA_RESOLUTION_MEDIUM"}}""",
        """{"hologram":{"x":1.50}}"""))!;

    private void AddAnswer(JsonArray contents)
    {
        var parts = Parts(AnswerPart);
        var results = new JsonArray();
        foreach (var call in parts.Select(part => part!["functionCall"]).OfType<JsonObject>())
        {
            results.Add(Result(call));
        }

        contents.Add(new JsonObject { ["role"] = "model", ["parts"] = parts });
        if (results.Count > 0)
        {
            Maybe(() => results.Add(Text()));
            contents.Add(new JsonObject { ["role"] = "user", ["parts"] = results });
            contents.Add(new JsonObject { ["role"] = "model", ["parts"] = new JsonArray(Text()) });
        }
    }

    private JsonObject Result(JsonObject call)
    {
        var answer = Pick(
            """{"output":"it rains"}""", """{"error":"no such city"}""", """{"error":{"code":1}}""", """{"temperature":1.50,"unit":"C"}""", "{}",
            """{"output":{"a":1}}""", """{"output":"{\"a\":1}"}""", """{"output":"x","error":"y"}""", """{"error":3}""", """{"result":"x"}""");
        var response = new JsonObject { ["name"] = call["name"]!.DeepClone(), ["response"] = JsonNode.Parse(answer) };
        if (call["id"] is { } id)
        {
            response["id"] = id.DeepClone();
        }

        Maybe(() => response["parts"] = JsonNode.Parse("""[{"inlineData":{"mimeType":"image/png","data":"iVBO"}}]"""));
        Maybe(() => response["scheduling"] = "SILENT");
        return new JsonObject { ["functionResponse"] = response };
    }

    private JsonNode AnswerPart()
    {
        switch (_random.Next(8))
        {
            case 0:
                var call = JsonNode.Parse($$$"""{"functionCall":{"name":"{{{Pick("f", "g")}}}","args":{{{Pick(Arguments)}}}}}""")!;
                Maybe(() => call["functionCall"]!["id"] = $"fc_{_calls++}");
                Maybe(() => call["thoughtSignature"] = "CpkBAY+/==");
                return call;
            case 1:
                return JsonNode.Parse("""{"text":"hm","thought":true}""")!;
            case 2:
                return JsonNode.Parse("""{"text":"hm hm","thought":true,"thoughtSignature":"CiQB"}""")!;
            case 3:
                return JsonNode.Parse("""{"executableCode":{"language":"PYTHON","code":"print(1)"},"thoughtSignature":"CiQB"}""")!;
            case 4:
                return JsonNode.Parse("""{"codeExecutionResult":{"outcome":"OUTCOME_OK","output":"1"}}""")!;
            case 5:
                return JsonNode.Parse(Pick(
                    """{"inlineData":{"mimeType":"image/png","data":"iVBO"},"thoughtSignature":"CiQB"}""",
                    """{"inlineData":{"mimeType":"image/png","data":"iVBO"},"thought":true}""",
                    """{"toolCall":{"id":"t1","toolType":"GOOGLE_SEARCH_WEB","args":{"queries":["x"]}}}"""))!;
            case 6:
                return JsonNode.Parse("""{"text":"signed","thoughtSignature":"CiQB"}""")!;
            default:
                return Text();
        }
    }

    private JsonObject Candidate(int index)
    {
        var parts = Parts(AnswerPart);
        var candidate = new JsonObject
        {
            ["content"] = new JsonObject { ["parts"] = parts, ["role"] = "model" },
            ["finishReason"] = Pick("STOP", "MAX_TOKENS", "SAFETY", "MALFORMED_FUNCTION_CALL", "NEWS"),
            ["index"] = index,
        };
        Maybe(() => candidate["finishMessage"] = "why");
        Maybe(() => candidate["safetyRatings"] = JsonNode.Parse("""[{"category":"HARM_CATEGORY_HARASSMENT","probability":"NEGLIGIBLE"}]"""));
        Maybe(() => candidate["avgLogprobs"] = -0.25);
        Maybe(() => candidate["citationMetadata"] = JsonNode.Parse("""{"citations":[{"startIndex":0,"endIndex":3,"uri":"https://a"}]}"""));
        Maybe(() => candidate["groundingMetadata"] = JsonNode.Parse(
            """{"webSearchQueries":["q"],"groundingChunks":[{"web":{"uri":"https://a","title":"t"}}],"groundingSupports":[{"segment":{"startIndex":1,"endIndex":3,"text":"el"},"groundingChunkIndices":[0,7]}]}"""));
        Maybe(() => candidate["logprobsResult"] = JsonNode.Parse(
            """{"topCandidates":[{"candidates":[{"token":"y","logProbability":-2.5}]}],"chosenCandidates":[{"token":"x","logProbability":-0.31}]}"""));
        return candidate;
    }

    private JsonObject Text() => new() { ["text"] = Pick(Texts) };

    private bool Flip() => _random.Next(2) == 0;

    private void Maybe(Action add)
    {
        if (_random.Next(3) == 0)
        {
            add();
        }
    }

    private void Repeat(int most, Action add)
    {
        for (var i = _random.Next(1, most + 1); i > 0; i--)
        {
            add();
        }
    }

    private T Pick<T>(params T[] choices) => choices[_random.Next(choices.Length)];
}
