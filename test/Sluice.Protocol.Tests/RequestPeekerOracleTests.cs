using System.Text;
using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.Tests;

/// <summary>System.Text.Json as a second opinion on what JSON is.</summary>
public class RequestPeekerOracleTests
{
    private const int Depth = 24;

    private static readonly Operation Anything = new("anything", Dialect.OpenAIChat, "anything");

    private static readonly string[] Samples =
    [
        """{"model":"gpt-4o","messages":[{"role":"system","content":"You are \"helpful\"."},{"role":"user","content":[{"type":"text","text":"What\u2019s in this image?\n"},{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]}],"temperature":0.7e-1,"max_tokens":-300,"logit_bias":{"50256":-100},"stream":true,"stop":null,"tools":[{"type":"function","function":{"parameters":{"type":"object","properties":{},"required":[]}}}]}""",
        "{ \"a\" : [ 1 , 2.5E+3 , -0 , 0.0 , 1e-9 ] ,\r\n\t\"b\" : { \"c\" : { \"d\" : [ [ [ ] ] ] } } , \"\" : \"\" , \"é\":\"😀 \\ud83d\\ude00 ü\" }",
        """{"long":"0123456789012345678901234567890123456789\\\"0123456789012345678901234567890\/","t":true,"f":false,"n":null,"x":"\u0000\b\f","deep":[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]}""",
        "{}",
        """{"k1":1,"k2":2,"k3":3,"k4":4,"k5":5,"k6":6,"k7":7,"k8":8,"k9":9,"k10":1,"k11":1,"k12":1,"k13":1,"k14":1,"k15":1,"k16":1,"k17":1,"k18":1,"k19":1,"k20":1,"k21":1,"k22":1,"k23":1,"k24":1,"k25":1,"k26":1,"k27":1,"k28":1,"k29":1,"k30":1,"k31":1,"k32":1,"k33":1,"k34":1,"k35":1,"k36":1,"k37":1,"k38":1,"k39":1,"k4\u0030":1}""",
    ];

    [Fact]
    public void Peek_MutatedDocuments_AgreesWithTheOracle()
    {
        var random = new Random(20261121);
        var accepted = 0;
        for (var i = 0; i < 30_000; i++)
        {
            var body = Mutation.Of(Encoding.UTF8.GetBytes(Samples[random.Next(Samples.Length)]), random);

            accepted += Agree(body) ? 1 : 0;
        }

        // The mutations must leave enough documents whole for the check to mean something.
        accepted.ShouldBeInRange(3_000, 27_000);
    }

    /// <summary>Without the oracle, whose exceptions take most of the time, many more documents fit.</summary>
    [Fact]
    public void Peek_MutatedRequestsOfEveryOperation_OnlyRefuses()
    {
        var random = new Random(20261122);
        string[] requests =
        [
            .. Samples,
            """{"model":"m","prompt":"p","input":["a"],"messages":[],"stream_options":{"include_usage":false,"x":[1]},"max_completion_tokens":5,"max_tokens":6,"n":2}""",
            """{"contents":[{"parts":[{"text":"hi"}]}],"generation_config":{"maxOutputTokens":"5","candidateCount":2},"content":{},"requests":[],"generateContentRequest":{}}""",
        ];
        for (var i = 0; i < 100_000; i++)
        {
            var body = Mutation.Of(Encoding.UTF8.GetBytes(requests[random.Next(requests.Length)]), random);
            var operation = Operation.All[random.Next(Operation.All.Count)];

            var error = RequestPeeker.Peek(body, operation, Depth, out var peek);

            if (error is not null)
            {
                error.Kind.ShouldBe(ErrorKind.InvalidRequest);
                error.Message.ShouldNotBeEmpty();
            }
            else
            {
                peek.Model.Of(body).Length.ShouldBe(peek.Model.Length);
                JsonDocument.Parse(peek.MaxTokens.Found ? body.AsMemory(peek.MaxTokens.Offset, peek.MaxTokens.Length) : "0"u8.ToArray()).Dispose();
            }
        }
    }

    [Fact]
    public void Peek_GeneratedDocuments_AgreesWithTheOracle()
    {
        var random = new Random(7);
        for (var i = 0; i < 5_000; i++)
        {
            var json = new StringBuilder();
            WriteObject(json, random, 5);

            Agree(Encoding.UTF8.GetBytes(json.ToString()));
        }
    }

    private static bool Agree(byte[] body)
    {
        var error = RequestPeeker.Peek(body, Anything, Depth, out var peek);
        var expected = Oracle(body);

        if ((error?.Code ?? "") != expected)
        {
            (error?.Code ?? "").ShouldBe(expected, Convert.ToHexString(body) + Environment.NewLine + Encoding.UTF8.GetString(body));
        }

        if (error is null)
        {
            body[peek.ObjectStart].ShouldBe((byte)'{');
        }

        return error is null;
    }

    /// <summary>The code that a body deserves; empty for a good one.</summary>
    private static string Oracle(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = Depth });
            return !System.Text.Unicode.Utf8.IsValid(body) ? PeekErrors.InvalidUtf8Code
                : document.RootElement.ValueKind != JsonValueKind.Object ? PeekErrors.InvalidJson
                : HasDuplicates(document.RootElement) ? PeekErrors.DuplicateKey
                : "";
        }
        catch (JsonException e)
        {
            // A document can be bad in several ways: the order in which they are found is not the point.
            var error = RequestPeeker.Peek(body, Anything, Depth, out _);
            return error is not null && error.Kind == ErrorKind.InvalidRequest
                ? !System.Text.Unicode.Utf8.IsValid(body) ? PeekErrors.InvalidUtf8Code
                    : error.Code is PeekErrors.DuplicateKey or PeekErrors.JsonTooDeep ? error.Code
                    : PeekErrors.InvalidJson
                : e.Message;
        }
    }

    private static bool HasDuplicates(JsonElement element)
    {
        var names = new HashSet<string>();
        foreach (var property in element.EnumerateObject())
        {
            // JsonDocument cannot give the text of a lone surrogate; its escape is as good.
            string name;
            try
            {
                name = property.Name;
            }
            catch (InvalidOperationException)
            {
                name = property.ToString();
            }

            if (!names.Add(name))
            {
                return true;
            }
        }

        return false;
    }

    private static void WriteObject(StringBuilder json, Random random, int depth)
    {
        json.Append('{');
        var members = random.Next(random.Next(20) == 0 ? 60 : 6);
        for (var i = 0; i < members; i++)
        {
            json.Append(i == 0 ? "" : ",").Append(Space(random));
            WriteString(json, random, shortText: true);
            json.Append(Space(random)).Append(':');
            WriteValue(json, random, depth - 1);
        }

        json.Append('}');
    }

    private static void WriteValue(StringBuilder json, Random random, int depth)
    {
        json.Append(Space(random));
        switch (random.Next(depth > 0 ? 6 : 4))
        {
            case 0:
                WriteString(json, random, shortText: false);
                break;
            case 1:
                json.Append(random.Next(2) == 0 ? "" : "-").Append(random.Next(1000)).Append(random.Next(3) == 0 ? ".25" : "").Append(random.Next(3) == 0 ? "e-7" : "");
                break;
            case 2:
                json.Append(random.Next(3) switch { 0 => "true", 1 => "false", _ => "null" });
                break;
            case 3:
                json.Append("[]");
                break;
            case 4:
                WriteObject(json, random, depth);
                break;
            default:
                json.Append('[');
                for (var i = random.Next(4); i >= 0; i--)
                {
                    WriteValue(json, random, depth - 1);
                    json.Append(i == 0 ? "" : ",");
                }

                json.Append(']');
                break;
        }

        json.Append(Space(random));
    }

    private static void WriteString(StringBuilder json, Random random, bool shortText)
    {
        json.Append('"');
        for (var i = random.Next(shortText ? 4 : 90); i > 0; i--)
        {
            json.Append(random.Next(12) switch
            {
                0 => "\\\"",
                1 => "\\u00e9",
                2 => "é",
                3 => "😀",
                4 => "\\\\",
                _ => ((char)('a' + random.Next(3))).ToString(),
            });
        }

        json.Append('"');
    }

    private static string Space(Random random) => random.Next(5) == 0 ? " \r\n\t"[..random.Next(5)] : "";
}
