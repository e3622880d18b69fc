using System.Text;
using System.Text.Json.Nodes;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.Tests.Json;

public class JsonEditTests
{
    [Fact]
    public void Apply_NoChange_CopiesTheDocument()
    {
        JsonEdit edit = default;

        Apply(edit, "{ \"a\" : 1 }").ShouldBe("{ \"a\" : 1 }");
    }

    [Fact]
    public void Apply_ReplacementsInAnyOrder_LeaveEveryOtherByte()
    {
        const string Json = "{ \"a\" :  1 , \"b\":[2],\"c\" : 3 }\n";
        JsonEdit edit = default;
        edit.Replace(Slice(Json, "3"), "33"u8);
        edit.Replace(Slice(Json, "1"), ""u8);
        edit.Replace(Slice(Json, "[2]"), "null"u8);

        Apply(edit, Json).ShouldBe("{ \"a\" :   , \"b\":null,\"c\" : 33 }\n");
        edit.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData("{}", true, "{\"x\":1}")]
    [InlineData(" { }", true, " {\"x\":1 }")]
    [InlineData("{\"a\":2}", false, "{\"x\":1,\"a\":2}")]
    [InlineData("\n{ \"a\":2}", false, "\n{\"x\":1, \"a\":2}")]
    public void InsertMemberFirst_OneMember_StandsAfterTheBrace(string json, bool empty, string expected)
    {
        JsonEdit edit = default;
        edit.InsertMemberFirst(json.IndexOf('{', StringComparison.Ordinal), empty, "\"x\":1"u8);

        Apply(edit, json).ShouldBe(expected);
    }

    [Theory]
    [InlineData("{}", true)]
    [InlineData("{\"a\":2}", false)]
    public void InsertMemberFirst_ThreeMembers_StaysJson(string json, bool empty)
    {
        JsonEdit edit = default;
        edit.InsertMemberFirst(0, empty, "\"x\":1"u8);
        edit.InsertMemberFirst(0, empty, "\"y\":2"u8);
        edit.InsertMemberFirst(0, empty, "\"z\":3"u8);

        var node = JsonNode.Parse(Apply(edit, json))!.AsObject();

        node.Count.ShouldBe(empty ? 3 : 4);
        node["x"]!.GetValue<int>().ShouldBe(1);
        node["z"]!.GetValue<int>().ShouldBe(3);
    }

    [Fact]
    public void Replace_FifthChange_IsABug() => Should.Throw<InvalidOperationException>(() =>
    {
        JsonEdit edit = default;
        for (var i = 0; i <= JsonEdit.Capacity; i++)
        {
            edit.Replace(new JsonSlice(i, 1), default);
        }
    });

    [Fact]
    public void ReplaceEach_ManyPlacesAmongOtherChanges_LeavesEveryOtherByte()
    {
        const string Json = "{ \"a\":\"x\", \"list\":[ \"x\" ,\"y\",\"x\"],\"b\":1,\"c\":\"x\" }";
        JsonEdit edit = default;
        edit.Replace(Slice(Json, "1"), "22"u8);
        edit.ReplaceEach(Places(Json, "\"x\""), "\"longer\""u8);
        edit.InsertMemberFirst(0, false, "\"n\":0"u8);

        Apply(edit, Json).ShouldBe("{\"n\":0, \"a\":\"longer\", \"list\":[ \"longer\" ,\"y\",\"longer\"],\"b\":22,\"c\":\"longer\" }");
        edit.Count.ShouldBe(6);
    }

    [Fact]
    public void ReplaceEach_NoPlace_ChangesNothing()
    {
        JsonEdit edit = default;
        edit.ReplaceEach([], "\"longer\""u8);

        Apply(edit, "{\"a\":1}").ShouldBe("{\"a\":1}");
        edit.Count.ShouldBe(0);
    }

    [Fact]
    public void ReplaceEach_Twice_IsABug() => Should.Throw<InvalidOperationException>(() =>
    {
        JsonEdit edit = default;
        edit.ReplaceEach(new JsonSlice[] { new(1, 1) }, default);
        edit.ReplaceEach(new JsonSlice[] { new(2, 1) }, default);
    });

    private static JsonSlice[] Places(string json, string token)
        => [.. Enumerable.Range(0, json.Length).Where(at => json.AsSpan(at).StartsWith(token, StringComparison.Ordinal)).Select(at => new JsonSlice(at, token.Length))];

    private static string Apply(JsonEdit edit, string json)
    {
        var body = Encoding.UTF8.GetBytes(json);
        var destination = new byte[edit.Length(body.Length)];
        edit.Apply(body, destination);
        return Encoding.UTF8.GetString(destination);
    }

    private static JsonSlice Slice(string json, string token) => new(json.IndexOf(token, StringComparison.Ordinal), token.Length);
}
