using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Simulator.Faults;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.OpenAI;

/// <summary>A realtime session: its settings, its conversation, the audio that was not committed yet, and the response that is being made.</summary>
internal sealed class RealtimeSession(Call call, RealtimeWire wire) : IDisposable
{
    /// <summary>16-bit samples whose absolute value is over this are speech.</summary>
    private const int Loud = 256;

    private readonly RealtimeConversation _conversation = new();
    private readonly CancellationTokenSource _cancel = new();
    private readonly JsonObject _settings = Defaults(call.AskedModel);
    private string _speechItem = "";
    private int _audioBytes;
    private Task _response = Task.CompletedTask;
    private CancellationTokenSource? _running;

    public async Task RunAsync()
    {
        await SendSettingsAsync("session.created");
        await wire.SendAsync("conversation.created", static json =>
        {
            json.WriteStartObject("conversation");
            json.WriteString("id", "conv_simulated");
            json.WriteString("object", "realtime.conversation");
            json.WriteEndObject();
        });
        if (call.Faults.Delivery == DeliveryFault.ErrorFirst)
        {
            await wire.ErrorAsync("session_failed", "The session could not be started.", null);
            await wire.CloseAsync(1011);
            return;
        }

        try
        {
            while (await wire.ReceiveAsync() is { } message)
            {
                await TakeAsync(message);
            }
        }
        finally
        {
            await _cancel.CancelAsync();
            await _response;
        }
    }

    public void Dispose()
    {
        _cancel.Dispose();
        _running?.Dispose();
    }

    private static JsonObject Defaults(string model) => new()
    {
        ["type"] = "realtime",
        ["object"] = "realtime.session",
        ["id"] = "sess_simulated",
        ["model"] = model,
        ["output_modalities"] = new JsonArray("audio"),
        ["instructions"] = "",
        ["tools"] = new JsonArray(),
        ["tool_choice"] = "auto",
        ["max_output_tokens"] = "inf",
        ["audio"] = new JsonObject
        {
            ["input"] = new JsonObject { ["turn_detection"] = new JsonObject { ["type"] = "server_vad", ["create_response"] = true } },
            ["output"] = new JsonObject { ["voice"] = "alloy" },
        },
    };

    private async Task TakeAsync(byte[] message)
    {
        JsonDocument read;
        try
        {
            read = JsonDocument.Parse(message);
        }
        catch (JsonException)
        {
            await wire.ErrorAsync("invalid_json", "Could not parse your message as JSON.", null);
            return;
        }

        using (read)
        {
            var sent = read.RootElement;
            var cause = sent.Text("event_id");
            switch (sent.Text("type"))
            {
                case "session.update" or "transcription_session.update":
                    await UpdateAsync(sent.Get("session"), cause);
                    break;
                case "conversation.item.create" when sent.Get("item").IsObject():
                    await AddItemAsync(sent.Get("item"));
                    break;
                case "conversation.item.retrieve" when _conversation.Find(sent.Text("item_id") ?? "") is { } item:
                    await ItemEventAsync("conversation.item.retrieved", item);
                    break;
                case "conversation.item.delete":
                    _conversation.Remove(sent.Text("item_id") ?? "");
                    await wire.SendAsync("conversation.item.deleted", json => json.WriteString("item_id", sent.Text("item_id")));
                    break;
                case "input_audio_buffer.append":
                    await AppendAsync(sent.Text("audio"), cause);
                    break;
                case "input_audio_buffer.clear":
                    _audioBytes = 0;
                    await wire.SendAsync("input_audio_buffer.cleared", static _ => { });
                    break;
                case "input_audio_buffer.commit":
                    await CommitAsync(cause);
                    break;
                case "response.create":
                    await RespondAsync(sent.Get("response") is { ValueKind: JsonValueKind.Object } asked ? asked.Clone() : default, cause);
                    break;
                case "response.cancel" when _running is { } running:
                    await running.CancelAsync();
                    break;
                case "response.cancel":
                    await wire.ErrorAsync("response_cancel_not_active", "Cancellation failed: no active response found", cause);
                    break;
                case var type:
                    await wire.ErrorAsync("invalid_value", $"Invalid value: '{type}'.", cause, "type");
                    break;
            }
        }
    }

    private async Task UpdateAsync(JsonElement session, string? cause)
    {
        if (session.Text("model") is { } model && model != call.AskedModel)
        {
            await wire.ErrorAsync("cannot_update_model", "Cannot update a conversation's model.", cause, "session.model");
            return;
        }

        if (session.IsObject())
        {
            Merge(_settings, JsonNode.Parse(session.GetRawText())!.AsObject());
        }

        await SendSettingsAsync("session.updated");
    }

    /// <summary>Objects are joined member by member; everything else is replaced.</summary>
    private static void Merge(JsonObject into, JsonObject from)
    {
        foreach (var (name, value) in from)
        {
            if (value is JsonObject inner && into[name] is JsonObject outer)
            {
                Merge(outer, inner);
            }
            else
            {
                into[name] = value?.DeepClone();
            }
        }
    }

    private Task SendSettingsAsync(string type) => wire.SendAsync(type, json =>
    {
        json.WritePropertyName("session");
        _settings.WriteTo(json);
    });

    private async Task AddItemAsync(JsonElement item)
    {
        var added = _conversation.Add(item, wire.NewId("item_"));
        await ItemEventAsync("conversation.item.added", added);
        await ItemEventAsync("conversation.item.done", added);
    }

    private Task ItemEventAsync(string type, JsonElement item) => wire.SendAsync(type, json =>
    {
        json.WriteNull("previous_item_id");
        json.WritePropertyName("item");
        item.WriteTo(json);
    });

    private JsonNode? TurnDetection => _settings["audio"]?["input"]?["turn_detection"];

    /// <summary>With voice activity detection, silence after speech ends a turn.</summary>
    private async Task AppendAsync(string? audio, string? cause)
    {
        byte[] bytes;
        try
        {
            bytes = Convert.FromBase64String(audio ?? "");
        }
        catch (FormatException)
        {
            await wire.ErrorAsync("invalid_value", "Invalid 'audio'. Expected base64-encoded audio bytes.", cause, "audio");
            return;
        }

        _audioBytes += bytes.Length;
        if (TurnDetection is null)
        {
            return;
        }

        if (IsSpeech(bytes))
        {
            if (_speechItem.Length == 0)
            {
                _speechItem = wire.NewId("item_");
                await SpeechAsync("input_audio_buffer.speech_started", "audio_start_ms");
            }
        }
        else if (_speechItem.Length > 0)
        {
            await SpeechAsync("input_audio_buffer.speech_stopped", "audio_end_ms");
            await CommitAsync(null);
            if (TurnDetection?["create_response"]?.GetValue<bool>() is not false)
            {
                await RespondAsync(default, null);
            }
        }
    }

    private Task SpeechAsync(string type, string member) => wire.SendAsync(type, json =>
    {
        json.WriteNumber(member, _audioBytes / 48);
        json.WriteString("item_id", _speechItem);
    });

    private static bool IsSpeech(ReadOnlySpan<byte> pcm)
    {
        for (var i = 0; i + 1 < pcm.Length; i += 2)
        {
            if (Math.Abs((int)(short)(pcm[i] | (pcm[i + 1] << 8))) > Loud)
            {
                return true;
            }
        }

        return false;
    }

    private async Task CommitAsync(string? cause)
    {
        if (_audioBytes == 0)
        {
            await wire.ErrorAsync("input_audio_buffer_commit_empty", "Error committing input audio buffer: buffer too small.", cause);
            return;
        }

        var id = _speechItem.Length > 0 ? _speechItem : wire.NewId("item_");
        var tokens = Math.Max(1, _audioBytes / RealtimeConversation.BytesPerAudioToken);
        var added = _conversation.AddAudio(id, tokens);
        (_audioBytes, _speechItem) = (0, "");
        await wire.SendAsync("input_audio_buffer.committed", json =>
        {
            json.WriteNull("previous_item_id");
            json.WriteString("item_id", id);
        });
        await ItemEventAsync("conversation.item.added", added);
        await ItemEventAsync("conversation.item.done", added);
        if (_settings["audio"]?["input"]?["transcription"] is JsonObject)
        {
            await wire.SendAsync("conversation.item.input_audio_transcription.completed", json =>
            {
                json.WriteString("item_id", id);
                json.WriteNumber("content_index", 0);
                json.WriteString("transcript", RealtimeConversation.Heard);
                json.WriteStartObject("usage");
                json.WriteString("type", "tokens");
                json.WriteNumber("total_tokens", tokens + 4);
                json.WriteNumber("input_tokens", tokens);
                json.WriteStartObject("input_token_details");
                json.WriteNumber("text_tokens", 0);
                json.WriteNumber("audio_tokens", tokens);
                json.WriteEndObject();
                json.WriteNumber("output_tokens", 4);
                json.WriteEndObject();
            });
        }
    }

    private async Task RespondAsync(JsonElement asked, string? cause)
    {
        if (!_response.IsCompleted)
        {
            await wire.ErrorAsync("conversation_already_has_active_response", "Conversation already has an active response in progress.", cause);
            return;
        }

        _running?.Dispose();
        _running = CancellationTokenSource.CreateLinkedTokenSource(_cancel.Token);
        var response = new RealtimeResponse(call, wire, _conversation, JsonSerializer.SerializeToElement(_settings), asked);
        _response = response.RunAsync(_running.Token);
    }
}
