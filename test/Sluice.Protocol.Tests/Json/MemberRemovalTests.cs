using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.Tests.Json;

public class MemberRemovalTests
{
    [Theory]
    [InlineData("""{"a":1,"b":2}""", """{"a":1,"b":2}""")]
    [InlineData("""{"x":1,"b":2}""", """{"b":2}""")]
    [InlineData("""{"a":1,"x":[1,{"x":2}]}""", """{"a":1}""")]
    [InlineData("""{ "a" : 1 , "x" : 2 , "b" : 3 }""", """{ "a" : 1 , "b" : 3 }""")]
    [InlineData("""{"a":1,"x":2,"y":3}""", """{"a":1}""")]
    [InlineData("""{"x":2,"y":3,"a":1}""", """{"a":1}""")]
    [InlineData("""{"x":2,"a":1,"y":3}""", """{"a":1}""")]
    [InlineData("""{"x":2,"y":3}""", "{}")]
    [InlineData("""{"\u0078":2,"a":{"x":1}}""", """{"a":{"x":1}}""")]
    [InlineData("{}", "{}")]
    public void Find_Applied_TakesTheMembersAndNothingElse(string body, string expected) => Remove(body).ShouldBe(expected);

    [Fact]
    public void Find_AnyObject_LeavesJsonWithoutTheMembers()
    {
        var objects = from names in Gen.Shuffle(new[] { "a", "x", "b", "y", "c" })
                      from count in Gen.Choose(0, 5)
                      from space in Gen.Elements("", " ", "\n\t")
                      select $"{{{space}{string.Join($"{space},{space}", names.Take(count).Select(name => $"\"{name}\"{space}:{space}[1,\"{name}\"]"))}{space}}}";

        Prop.ForAll(objects.ToArbitrary(), body =>
        {
            using var before = JsonDocument.Parse(body);
            using var after = JsonDocument.Parse(Remove(body));
            after.RootElement.EnumerateObject().Select(member => member.Name)
                .ShouldBe(before.RootElement.EnumerateObject().Select(member => member.Name).Where(name => name is not ("x" or "y")));
        }).QuickCheckThrowOnFailure();
    }

    private static string Remove(string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var edit = new JsonEdit();
        edit.ReplaceEach(MemberRemoval.Find(bytes, "x", "y"), default);
        var edited = new byte[edit.Length(bytes.Length)];
        edit.Apply(bytes, edited);
        return Encoding.UTF8.GetString(edited);
    }
}
