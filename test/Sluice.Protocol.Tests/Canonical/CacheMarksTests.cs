using Sluice.Protocol.Canonical;
using Sluice.Protocol.Tests.Translation;

namespace Sluice.Protocol.Tests.Canonical;

public class CacheMarksTests
{
    private const string Marked = """
        {"model":"m","max_tokens":1,"tools":[{"name":"f","input_schema":{},"cache_control":{"type":"ephemeral"}}],
         "system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}],
         "messages":[{"role":"user","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}]},
          {"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{}}]},
          {"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"r","cache_control":{"type":"ephemeral"}}],"cache_control":{"type":"ephemeral"}}]}]}
        """;

    [Theory]
    [InlineData(5, 5, true)]
    [InlineData(4, 4, false)]
    [InlineData(2, 2, false)]
    [InlineData(0, 0, false)]
    public void Limit_Marks_KeepsTheLast(int most, int expected, bool untouched)
    {
        var report = new TranslationReport();
        var request = Wire.Request(Wire.Anthropic, Marked);

        var limited = CacheMarks.Limit(request, most, report);

        ReferenceEquals(limited, request).ShouldBe(untouched);
        report.Adjusted.Count.ShouldBe(untouched ? 0 : 1);
        var written = Wire.Write(Wire.Anthropic, limited, Wire.To(Wire.Anthropic) with { Rules = new ModelRules { CacheBreakpoints = 9 } }).ToJsonString();
        (written.Split("cache_control").Length - 1).ShouldBe(expected);
        if (expected > 0)
        {
            written.IndexOf("\"tool_result\"", StringComparison.Ordinal).ShouldBeLessThan(written.LastIndexOf("cache_control", StringComparison.Ordinal));
        }
    }
}
