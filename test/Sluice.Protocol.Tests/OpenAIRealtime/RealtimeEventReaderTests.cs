using System.Text;
using Sluice.Protocol.OpenAIRealtime;

namespace Sluice.Protocol.Tests.OpenAIRealtime;

public sealed class RealtimeEventReaderTests
{
    [Theory]
    [InlineData("""{"type":"response.create"}""", RealtimeEventKind.ResponseCreate)]
    [InlineData("""{"event_id":"a","\u0074ype":"response\u002ecreate"}""", RealtimeEventKind.ResponseCreate)]
    [InlineData("""{"type":"response.audio.delta","delta":"AA"}""", RealtimeEventKind.AudioDelta)]
    [InlineData("""{"type":"response.output_audio.delta","delta":"AA"}""", RealtimeEventKind.AudioDelta)]
    [InlineData("""{"type":"transcription_session.update"}""", RealtimeEventKind.SessionUpdate)]
    [InlineData("""{"type":"response.created.not"}""", RealtimeEventKind.Other)]
    [InlineData("""{"type":7}""", RealtimeEventKind.Other)]
    [InlineData("{}", RealtimeEventKind.Other)]
    public void Read_Event_FindsItsKind(string json, RealtimeEventKind kind)
    {
        RealtimeEventReader.Read(Encoding.UTF8.GetBytes(json), 128, out var read).ShouldBeNull();

        read.Kind.ShouldBe(kind);
    }

    [Fact]
    public void Read_Response_FindsIdStatusAndUsage()
    {
        var json = Encoding.UTF8.GetBytes("""{"type":"response.done","usage_":1,"response":{"output":[{"id":"no","status":"no","usage":{}}],"id":"r\u0031","status":"completed","usage":{"input_tokens":3}}}""");

        RealtimeEventReader.Read(json, 128, out var read).ShouldBeNull();

        RealtimeEvent.TextOf(json, read.ResponseId).ShouldBe("r1");
        RealtimeEvent.TextOf(json, read.Status).ShouldBe("completed");
        Encoding.UTF8.GetString(read.Usage.Of(json)).ShouldBe("""{"input_tokens":3}""");
    }

    [Theory]
    [InlineData("""{"type":"session.updated","session":{"model":"m","audio":{"input":{"transcription":{"model":"t"}}}}}""")]
    [InlineData("""{"type":"session.updated","session":{"input_audio_transcription":{"model":"t"},"model":"m"}}""")]
    public void Read_Session_FindsItsModels(string text)
    {
        var json = Encoding.UTF8.GetBytes(text);

        RealtimeEventReader.Read(json, 128, out var read).ShouldBeNull();

        RealtimeEvent.TextOf(json, read.SessionModel).ShouldBe("m");
        RealtimeEvent.TextOf(json, read.TranscriptionModel).ShouldBe("t");
    }

    [Theory]
    [InlineData("", "invalid_json")]
    [InlineData("[]", "invalid_json")]
    [InlineData("\"response.create\"", "invalid_json")]
    [InlineData("""{"type":"response.create"} {}""", "invalid_json")]
    [InlineData("""{"type":"response.create",}""", "invalid_json")]
    [InlineData("""{"type":"a","type":"response.create"}""", "duplicate_key")]
    [InlineData("""{"type":"a","\u0074ype":"response.create"}""", "duplicate_key")]
    [InlineData("""{"type":"session.update","session":{"model":"a","model":"b"}}""", "duplicate_key")]
    [InlineData("""{"type":"a","x":[[[[[[[[[1]]]]]]]]]}""", "invalid_json")]
    public void Read_WhatTwoReadersCouldReadInTwoWays_IsRefused(string json, string code)
        => RealtimeEventReader.Read(Encoding.UTF8.GetBytes(json), 8, out _).ShouldNotBeNull().Code.ShouldBe(code);

    [Fact]
    public void Read_MutatedEvents_NeverThrows()
    {
        var random = new Random(7);
        var seeds = new[]
        {
            """{"type":"session.update","event_id":"e","session":{"model":"\ud83d\udc22","audio":{"input":{"transcription":{"model":"t"}}}}}""",
            """{"type":"response.done","response":{"id":"r","status":"completed","usage":{"input_tokens":3,"input_token_details":{"cached_tokens_details":{"audio_tokens":1}}}}}""",
        };
        for (var i = 0; i < 100_000; i++)
        {
            var bytes = Encoding.UTF8.GetBytes(seeds[i % seeds.Length]);
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var cut = bytes.AsSpan(0, random.Next(10) == 0 ? random.Next(bytes.Length) : bytes.Length);
            if (RealtimeEventReader.Read(cut, 128, out var read) is null && read.Usage.Found)
            {
                RealtimeUsage.TryRead(read.Usage.Of(cut), out _);
            }
        }
    }
}
