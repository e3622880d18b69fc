using System.Text;

namespace Sluice.Protocol.Tests;

public class RequestContentTests
{
    [Theory]
    [InlineData("chat", """{"messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"f"}}]}]}""")]
    [InlineData("chat", """{"messages":[],"web_search_options":{}}""")]
    [InlineData("chat", """{"messages":[{"role":"assistant","audio":{"id":"a"}}]}""")]
    [InlineData("responses", """{"previous_response_id":"r"}""")]
    [InlineData("responses", """{"previous_response\u005fid":"r"}""")]
    [InlineData("responses", """{"\u0063onversation":"c"}""")]
    [InlineData("responses", """{"prompt":{"id":"p"}}""")]
    [InlineData("responses", """{"input":[{"type":"item_reference","id":"i"}]}""")]
    [InlineData("responses", """{"tools":[{"type":"web_search_preview"}]}""")]
    [InlineData("responses", """{"tools":[{"type":"mcp","server_url":"u"}]}""")]
    [InlineData("messages", """{"messages":[{"content":[{"type":"document","source":{"type":"base64"}}]}]}""")]
    [InlineData("messages", """{"tools":[{"type":"web_search_20250305","name":"w"}]}""")]
    [InlineData("messages", """{"mcp_servers":[]}""")]
    [InlineData("generate_content", """{"cachedContent":"cachedContents/1"}""")]
    [InlineData("generate_content", """{"contents":[{"parts":[{"fileData":{"fileUri":"u"}}]}]}""")]
    [InlineData("generate_content", """{"contents":[{"parts":[{"inlineData":{"mimeType":"application/pdf","data":"JVBE"}}]}]}""")]
    [InlineData("generate_content", """{"tools":[{"google_search":{}}]}""")]
    public void Read_ContentFromElsewhere_IsSeen(string operation, string body) => Read(body, operation).OutsideReferences.ShouldBeGreaterThan(0);

    [Theory]
    [InlineData("chat", """{"model":"m","messages":[{"role":"user","content":"Please search the web for a \"file\", or google it."}],"tools":[{"type":"function","function":{"name":"f"}}]}""")]
    [InlineData("completions", """{"prompt":"x"}""")]
    [InlineData("messages", """{"messages":[{"role":"user","content":[{"type":"text","text":"conversations are fine"}]}]}""")]
    public void Read_PlainText_HasNothingFromElsewhere(string operation, string body)
    {
        var content = Read(body, operation);

        (content.OutsideReferences, content.Images, content.HasServerTools, content.HasAudio).ShouldBe((0, 0, false, false));
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://a/b"}},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}]}""", 2)]
    [InlineData("""{"messages":[{"content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgoAAAA"}}]}]}""", 1)]
    [InlineData("""{"contents":[{"parts":[{"inlineData":{"mimeType":"image/heic","data":"AAAA"}},{"inline_data":{"mime_type":"image/jpeg","data":"/9j/AAA"}}]}]}""", 2)]
    public void Read_Images_AreCountedOnceEach(string body, int images) => Read(body, "chat").Images.ShouldBe(images);

    [Fact]
    public void Read_InlineImages_AreLeftOutOfTheTextUnlessSomethingElseStandsBesideThem()
    {
        var data = "iVBORw0KGgo" + new string('A', 5000);

        Read($$$"""{"source":{"media_type":"image/png","data":"{{{data}}}"}}""", "messages").ImageBytes.ShouldBe(data.Length);
        Read($$$"""{"source":{"media_type":"text/plain","data":"{{{data}}}"}}""", "messages").ImageBytes.ShouldBe(0);
        Read($$$"""{"source":{"media_type":"text\/plain","data":"{{{data}}}"}}""", "messages").ImageBytes.ShouldBe(0);
        Read($$$"""{"inlineData":{"mimeType":"video/mp4","data":"{{{data}}}"}}""", "generate_content").ImageBytes.ShouldBe(0);
    }

    [Theory]
    [InlineData("""{"service_tier":"default"}""", true)]
    [InlineData("""{"service_tier":"flex"}""", true)]
    [InlineData("""{"service_tier":"priority","x":"default"}""", false)]
    [InlineData("""{"service_tier":"auto"}""", false)]
    [InlineData("""{"x":"default"}""", false)]
    public void PinsTier_OnlyWhenTheRequestSaysSo(string body, bool pins) => Read(body, "chat").PinsTier.ShouldBe(pins);

    [Theory]
    [InlineData("")]
    [InlineData("\"")]
    [InlineData("{\"a")]
    [InlineData("\"\\")]
    public void Read_BrokenBody_DoesNoHarm(string body) => Read(body, "chat").OutsideReferences.ShouldBe(0);

    [Fact]
    public void Read_AnyBody_AllocatesNothing()
    {
        var body = Encoding.UTF8.GetBytes("""{"model":"m","messages":[{"role":"user","content":"\u0061\u0062 text"}]}""");

        Allocation.Of(() => _ = RequestContent.Read(body, Operation.Chat)).ShouldBe(0);
    }

    [Theory]
    [InlineData("""{"prompt":"a, b"}""", 3, 3)]
    [InlineData("""{"prompt":[1,2,3],"best_of":5}""", 3, 5)]
    [InlineData("""{"prompt":[[1,2],[3]],"best_of":2}""", 1, 4)]
    [InlineData("""{"prompt":["a","b","c"]}""", 2, 6)]
    [InlineData("""{"best_of":1e300,"prompt":["a"]}""", 1, int.MaxValue)]
    [InlineData("""{"best_of":-4}""", 1, 1)]
    public void Most_OfCompletions_CountsWhatIsMadeAndNotWhatIsShown(string body, long choices, long answers) =>
        CompletionsAnswers.Most(Encoding.UTF8.GetBytes(body), choices).ShouldBe(answers);

    private static RequestContent Read(string body, string operation) =>
        RequestContent.Read(Encoding.UTF8.GetBytes(body), Operation.All.Single(one => one.Name == operation));
}
