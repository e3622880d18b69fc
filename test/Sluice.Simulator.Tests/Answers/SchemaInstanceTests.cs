using System.Text.Json;
using Sluice.Simulator.Answers;

namespace Sluice.Simulator.Tests.Answers;

public sealed class SchemaInstanceTests
{
    private const int Seeds = 50;

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"integer"}},"required":["a","b"],"additionalProperties":false}""")]
    [InlineData("""{"type":"object","properties":{"deep":{"type":"object","properties":{"er":{"type":"array","items":{"type":"boolean"},"minItems":2,"maxItems":3}},"required":["er"]}},"required":["deep"]}""")]
    [InlineData("""{"enum":["x","y",3,null]}""")]
    [InlineData("""{"const":{"k":[1,2]}}""")]
    [InlineData("""{"type":"integer","minimum":3,"maximum":4}""")]
    [InlineData("""{"type":"integer","exclusiveMinimum":3,"exclusiveMaximum":5}""")]
    [InlineData("""{"type":"integer","multipleOf":7,"minimum":10,"maximum":30}""")]
    [InlineData("""{"type":"number","minimum":-2.5,"maximum":-2.25}""")]
    [InlineData("""{"type":"integer","maximum":-5}""")]
    [InlineData("""{"type":"string","minLength":40,"maxLength":41}""")]
    [InlineData("""{"type":"string","maxLength":3}""")]
    [InlineData("""{"type":"string","pattern":"^[A-Z]{2,3}-\\d{4}(?:-(red|green))?$"}""")]
    [InlineData("""{"type":"string","pattern":"^[^aeiou\\s]+@\\w+\\.com$"}""")]
    [InlineData("""{"type":["string","null"]}""")]
    [InlineData("""{"type":["null","integer"]}""")]
    [InlineData("""{"anyOf":[{"type":"integer"},{"type":"null"}]}""")]
    [InlineData("""{"oneOf":[{"type":"object","properties":{"kind":{"const":"a"}},"required":["kind"]},{"type":"string"}]}""")]
    [InlineData("""{"allOf":[{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]},{"properties":{"b":{"type":"string"}},"required":["b"]}]}""")]
    [InlineData("""{"$defs":{"city":{"type":"object","properties":{"name":{"type":"string"}},"required":["name"]}},"type":"array","items":{"$ref":"#/$defs/city"},"minItems":1}""")]
    [InlineData("""{"type":"array","prefixItems":[{"type":"integer"},{"type":"string"}],"items":false}""")]
    [InlineData("""{"type":"array","items":{"enum":["a","b","c"]},"uniqueItems":true,"minItems":3}""")]
    [InlineData("""{"type":"OBJECT","properties":{"n":{"type":"NUMBER"},"l":{"type":"ARRAY","items":{"type":"STRING"},"minItems":"2"}},"required":["n","l"]}""")]
    public void Write_Schema_MakesAValidInstanceForEverySeed(string schema)
    {
        var root = JsonDocument.Parse(schema).RootElement;
        for (ulong seed = 0; seed < Seeds; seed++)
        {
            var text = SchemaInstance.Write(root, new SeededRandom(seed));
            SchemaCheck.Problem(root, root, JsonDocument.Parse(text).RootElement).ShouldBeNull(text);
        }
    }

    [Fact]
    public void Write_RecursiveSchema_Ends()
    {
        var schema = JsonDocument.Parse("""
            {"type":"object","properties":{"value":{"type":"integer"},"children":{"type":"array","items":{"$ref":"#"}},"next":{"anyOf":[{"$ref":"#"},{"type":"null"}]}},
             "required":["value","children","next"]}
            """).RootElement;

        var text = SchemaInstance.Write(schema, new SeededRandom(3));

        SchemaCheck.Problem(schema, schema, JsonDocument.Parse(text).RootElement).ShouldBeNull(text);
    }

    [Theory]
    [InlineData("date-time")]
    [InlineData("date")]
    [InlineData("uuid")]
    [InlineData("ipv4")]
    public void Write_Format_IsReadByItsParser(string format)
    {
        var value = JsonDocument.Parse(SchemaInstance.Write(JsonDocument.Parse($$"""{"type":"string","format":"{{format}}"}""").RootElement, new SeededRandom(5))).RootElement.GetString()!;

        var read = format switch
        {
            "date-time" => DateTimeOffset.TryParse(value, out _) && value.Contains('T'),
            "date" => DateOnly.TryParseExact(value, "yyyy-MM-dd", out _),
            "uuid" => Guid.TryParse(value, out _),
            _ => System.Net.IPAddress.TryParse(value, out _),
        };
        read.ShouldBeTrue(value);
    }

    [Theory]
    [InlineData("(((((a{1000}){1000}){1000}){1000})")]
    [InlineData("(?=x)y")]
    [InlineData("[")]
    public void Make_PatternItCannotFollow_GivesUp(string pattern) => PatternSample.Make(pattern, new SeededRandom(1)).ShouldBeNull();
}
