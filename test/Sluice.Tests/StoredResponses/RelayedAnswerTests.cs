using System.Text;
using Sluice.StoredResponses;

namespace Sluice.Tests.StoredResponses;

public sealed class RelayedAnswerTests
{
    private const string Whole = """{"id":"resp_7","status":"completed","output":[{"id":"x"}],"usage":null}""";

    private static readonly string Stream =
        $"event: response.created\ndata: {{\"type\":\"response.created\",\"response\":{{\"id\":\"resp_7\",\"status\":\"in_progress\"}}}}\n\n"
        + "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"delta\":\"hi\"}\n\n"
        + $"event: response.completed\ndata: {{\"type\":\"response.completed\",\"response\":{Whole}}}\n\n";

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Read_CutAnywhere_LearnsTheSame(bool isStream, bool needsWhole)
    {
        var bytes = Encoding.UTF8.GetBytes(isStream ? Stream : Whole);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var sut = new RelayedAnswer(isStream, needsWhole, 1_000_000);
            sut.Read(bytes.AsSpan(0, cut));
            sut.Read(bytes.AsSpan(cut));
            sut.Complete();

            sut.Id.ShouldBe("resp_7");
            Encoding.UTF8.GetString(sut.Response.Span).ShouldBe(needsWhole ? Whole : isStream ? "" : Encoding.UTF8.GetString(sut.Response.Span));
        }
    }

    [Fact]
    public void Read_IdOfAStream_IsKnownWithItsFirstEvent()
    {
        var sut = new RelayedAnswer(isStream: true, needsWhole: false, 1000);

        sut.Read(Encoding.UTF8.GetBytes(Stream[..(Stream.IndexOf("\n\n", StringComparison.Ordinal) + 2)]));

        sut.Id.ShouldBe("resp_7");
        sut.IsDone.ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"id":"resp_7","status":"failed","output":[]}""")]
    [InlineData("""{"status":"completed","output":[]}""")]
    [InlineData("""{"id":7,"status":"completed"}""")]
    [InlineData("not json")]
    [InlineData("")]
    public void Read_WhatIsNotWorthKeeping_HasNoId(string document)
    {
        var sut = new RelayedAnswer(isStream: false, needsWhole: true, 1000);

        sut.Read(Encoding.UTF8.GetBytes(document));
        sut.Complete();

        sut.Id.ShouldBeNull();
    }

    [Fact]
    public void Read_MoreThanTheBound_IsGivenUp()
    {
        var sut = new RelayedAnswer(isStream: false, needsWhole: true, 20);

        sut.Read(Encoding.UTF8.GetBytes(Whole));

        sut.IsDone.ShouldBeTrue();
        sut.Id.ShouldBeNull();
    }

    [Fact]
    public void Read_LastEventLongerThanALine_IsKeptWhole()
    {
        var text = new string('a', 2_000_000);
        var response = $$"""{"id":"resp_7","status":"completed","output":[],"text":"{{text}}"}""";
        var bytes = Encoding.UTF8.GetBytes($"event: response.completed\ndata: {{\"type\":\"response.completed\",\"response\":{response}}}\n\n");
        var sut = new RelayedAnswer(isStream: true, needsWhole: true, 10_000_000);

        foreach (var piece in bytes.Chunk(16_384))
        {
            sut.Read(piece);
        }

        sut.Complete();
        sut.Id.ShouldBe("resp_7");
        sut.Response.Length.ShouldBe(response.Length);
    }
}
