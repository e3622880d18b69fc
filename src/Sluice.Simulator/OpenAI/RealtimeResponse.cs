using System.Text.Json;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Faults;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.OpenAI;

/// <summary>One response of a realtime session: its events in the vendor's order, in text or audio, with faults on the way.</summary>
/// <param name="call">The session's call.</param>
/// <param name="wire">Where events go.</param>
/// <param name="conversation">What is answered, and what the answer becomes a part of.</param>
/// <param name="settings">The session's settings.</param>
/// <param name="asked">The <c>response</c> of <c>response.create</c>; undefined where there is none.</param>
internal sealed class RealtimeResponse(Call call, RealtimeWire wire, RealtimeConversation conversation, JsonElement settings, JsonElement asked)
{
    /// <summary>A token of audio is 50 ms of PCM at 24 kHz; this much of it is sent for each token of text.</summary>
    private const int AudioBytesPerPiece = 2_400;

    private readonly string _id = wire.NewId("resp_");
    private readonly string _item = wire.NewId("item_");
    private int _textTokens;
    private int _audioTokens;

    private bool Speaks => Setting("output_modalities").Items().All(one => one.Text() != "text");

    public async Task RunAsync(CancellationToken cancelled)
    {
        try
        {
            var read = conversation.Read(asked.Get("input").Items(), out var audioInput);
            var answer = Compose(read);
            await ResponseAsync("response.created", "in_progress", null);
            var finished = false;
            try
            {
                await Delay(call.Faults.FirstTokenDelay ?? call.Simulation.Options.FirstTokenDelay, cancelled);
                finished = await (answer.Calls is [var tool, ..] ? CallAsync(tool, cancelled) : SayAsync(answer.Text, cancelled));
            }
            catch (OperationCanceledException) when (!wire.Gone.IsCancellationRequested)
            {
                await EndAsync("cancelled", read.Tally.Tokens, audioInput);
                return;
            }

            if (finished)
            {
                await EndAsync(call.Faults.Delivery == DeliveryFault.ErrorMid ? "failed" : "completed", read.Tally.Tokens, audioInput);
            }
        }
        catch (Exception e) when (e is System.Net.WebSockets.WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The other side has left.
        }
    }

    private Answer Compose(Conversation read)
    {
        var instructions = asked.Text("instructions") ?? settings.Text("instructions") ?? "";
        read.Tally.AddText(instructions);
        read.Instructs(instructions);
        var tools = OpenAITools.ReadResponses(asked.Get("tools").IsPresent() ? asked : settings, read.Tally);
        return AnswerComposer.Compose(OpenAITools.WithResponsesChoice(
            new Prompt
            {
                Model = call.Model,
                Seed = StableHash.Of(call.Seed + (ulong)conversation.Responses++, read.UserText),
                Conversation = read,
                Tools = tools,
                MaxTokens = Setting("max_output_tokens").Integer(),
                TextTokens = call.Faults.TextTokens,
            },
            Setting("tool_choice")));
    }

    private JsonElement Setting(string name) => asked.Get(name) is { ValueKind: not JsonValueKind.Undefined } own ? own : settings.Get(name);

    /// <summary>False when a fault has ended the session.</summary>
    private async Task<bool> SayAsync(string text, CancellationToken cancelled)
    {
        var kind = Speaks ? "output_audio" : "output_text";
        await ItemAsync("response.output_item.added", json => WriteMessage(json, "in_progress", null));
        await PartAsync("response.content_part.added", json => json.WriteString("type", Speaks ? "audio" : "text"));
        var pieces = Tokenizer.Split(text).ToList();
        for (var i = 0; i < pieces.Count; i++)
        {
            cancelled.ThrowIfCancellationRequested();
            if (i == pieces.Count / 2 && await FaultAsync(cancelled))
            {
                return false;
            }

            var piece = pieces[i];
            await PartAsync(Speaks ? "response.output_audio_transcript.delta" : "response.output_text.delta", json => json.WriteString("delta", piece));
            _textTokens++;
            if (Speaks)
            {
                await PartAsync("response.output_audio.delta", json => json.WriteBase64String("delta", Sound(i)));
                _audioTokens++;
            }

            await Delay(call.Faults.TokenDelay ?? call.Simulation.Options.TokenDelay, cancelled);
        }

        if (Speaks)
        {
            await PartAsync("response.output_audio.done", static _ => { });
            await PartAsync("response.output_audio_transcript.done", json => json.WriteString("transcript", text));
        }
        else
        {
            await PartAsync("response.output_text.done", json => json.WriteString("text", text));
        }

        await PartAsync("response.content_part.done", json =>
        {
            json.WriteStartObject("part");
            json.WriteString("type", kind);
            json.WriteString(Speaks ? "transcript" : "text", text);
            json.WriteEndObject();
        });
        await FinishItemAsync(json => WriteMessage(json, "completed", text));
        return true;
    }

    private async Task<bool> CallAsync(ToolCall tool, CancellationToken cancelled)
    {
        var callId = wire.NewId("call_");
        await ItemAsync("response.output_item.added", json => WriteCall(json, "in_progress", callId, tool, ""));
        if (await FaultAsync(cancelled))
        {
            return false;
        }

        foreach (var fragment in Tokenizer.Split(tool.Arguments, 2))
        {
            await PartAsync("response.function_call_arguments.delta", json =>
            {
                json.WriteString("call_id", callId);
                json.WriteString("delta", fragment);
            });
        }

        _textTokens += tool.Tokens;
        await PartAsync("response.function_call_arguments.done", json =>
        {
            json.WriteString("call_id", callId);
            json.WriteString("name", tool.Tool.Name);
            json.WriteString("arguments", tool.Arguments);
        });
        await FinishItemAsync(json => WriteCall(json, "completed", callId, tool, tool.Arguments));
        return true;
    }

    /// <summary>True when the session cannot go on.</summary>
    private async Task<bool> FaultAsync(CancellationToken cancelled)
    {
        if (call.Faults.CloseCode is { } code)
        {
            await wire.CloseAsync(code);
            return true;
        }

        switch (call.Faults.Delivery)
        {
            case DeliveryFault.Cut:
                wire.Cut();
                return true;
            case DeliveryFault.Stall:
                await Task.Delay(Timeout.InfiniteTimeSpan, call.Simulation.Options.Time, cancelled);
                return true;
            case DeliveryFault.Malformed or DeliveryFault.Garbage:
                await wire.SendAsync("{\"type\":\"response.output_text.delta\",\"delta\":"u8.ToArray());
                return false;
            case DeliveryFault.ErrorMid:
                await wire.ErrorAsync("server_error", "The server had an error while processing your request.", null);
                return false;
            default:
                return false;
        }
    }

    private async Task EndAsync(string status, int input, int audioInput)
    {
        var total = input + audioInput;
        var cached = Math.Min(total, conversation.LastInput / 64 * 64);
        conversation.LastInput = total + _textTokens + _audioTokens;
        await ResponseAsync("response.done", status, call.Faults.Usage == UsageFault.Missing ? null : json =>
        {
            var factor = call.Faults.Usage == UsageFault.Wrong ? 10 : 1;
            var cachedAudio = Math.Min(audioInput, cached / 2);
            json.WriteStartObject("usage");
            json.WriteNumber("total_tokens", factor * (total + _textTokens + _audioTokens));
            json.WriteNumber("input_tokens", factor * total);
            json.WriteNumber("output_tokens", factor * (_textTokens + _audioTokens));
            json.WriteStartObject("input_token_details");
            json.WriteNumber("text_tokens", factor * input);
            json.WriteNumber("audio_tokens", factor * audioInput);
            json.WriteNumber("image_tokens", 0);
            json.WriteNumber("cached_tokens", factor * cached);
            json.WriteStartObject("cached_tokens_details");
            json.WriteNumber("text_tokens", factor * (cached - cachedAudio));
            json.WriteNumber("audio_tokens", factor * cachedAudio);
            json.WriteNumber("image_tokens", 0);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteStartObject("output_token_details");
            json.WriteNumber("text_tokens", factor * _textTokens);
            json.WriteNumber("audio_tokens", factor * _audioTokens);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    private Task ResponseAsync(string type, string status, Action<Utf8JsonWriter>? usage) => wire.SendAsync(type, json =>
    {
        json.WriteStartObject("response");
        json.WriteString("object", "realtime.response");
        json.WriteString("id", _id);
        json.WriteString("status", status);
        json.WriteNull("status_details");
        json.WriteStartArray("output");
        json.WriteEndArray();
        json.WriteString("conversation_id", "conv_simulated");
        json.WriteStartArray("output_modalities");
        json.WriteStringValue(Speaks ? "audio" : "text");
        json.WriteEndArray();
        usage?.Invoke(json);
        json.WriteEndObject();
    });

    private async Task FinishItemAsync(Action<Utf8JsonWriter> write)
    {
        await ItemAsync("response.output_item.done", write);
        using var item = JsonDocument.Parse(JsonText.Bytes(json =>
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }));
        if (asked.Text("conversation") != "none")
        {
            var added = conversation.Add(item.RootElement, _item);
            await wire.SendAsync("conversation.item.done", json =>
            {
                json.WritePropertyName("item");
                added.WriteTo(json);
            });
        }
    }

    private Task ItemAsync(string type, Action<Utf8JsonWriter> write) => wire.SendAsync(type, json =>
    {
        json.WriteString("response_id", _id);
        json.WriteNumber("output_index", 0);
        json.WriteStartObject("item");
        write(json);
        json.WriteEndObject();
    });

    private Task PartAsync(string type, Action<Utf8JsonWriter> write) => wire.SendAsync(type, json =>
    {
        json.WriteString("response_id", _id);
        json.WriteString("item_id", _item);
        json.WriteNumber("output_index", 0);
        json.WriteNumber("content_index", 0);
        write(json);
    });

    private void WriteMessage(Utf8JsonWriter json, string status, string? text)
    {
        json.WriteString("id", _item);
        json.WriteString("object", "realtime.item");
        json.WriteString("type", "message");
        json.WriteString("status", status);
        json.WriteString("role", "assistant");
        json.WriteStartArray("content");
        if (text is not null)
        {
            json.WriteStartObject();
            json.WriteString("type", Speaks ? "output_audio" : "output_text");
            json.WriteString(Speaks ? "transcript" : "text", text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteCall(Utf8JsonWriter json, string status, string callId, ToolCall tool, string arguments)
    {
        json.WriteString("id", _item);
        json.WriteString("object", "realtime.item");
        json.WriteString("type", "function_call");
        json.WriteString("status", status);
        json.WriteString("name", tool.Tool.Name);
        json.WriteString("call_id", callId);
        json.WriteString("arguments", arguments);
    }

    /// <summary>A tone whose height is the piece's number.</summary>
    private static byte[] Sound(int number)
    {
        var pcm = new byte[AudioBytesPerPiece];
        for (var i = 0; i < pcm.Length; i += 2)
        {
            var sample = (short)(4_000 * ((i / 2 / (8 + (number % 24))) % 2 == 0 ? 1 : -1));
            pcm[i] = (byte)sample;
            pcm[i + 1] = (byte)(sample >> 8);
        }

        return pcm;
    }

    private Task Delay(TimeSpan time, CancellationToken cancelled)
        => time > TimeSpan.Zero ? Task.Delay(time, call.Simulation.Options.Time, cancelled) : Task.CompletedTask;
}
