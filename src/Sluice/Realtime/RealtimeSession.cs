using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using Sluice.Auth;
using Sluice.Credentials;
using Sluice.Pipeline;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;
using Sluice.Protocol.OpenAIRealtime;
using Sluice.Telemetry;

namespace Sluice.Realtime;

/// <summary>
/// One open session: what the client says goes to the vendor and back, message by message, each as it came but for a model's
/// alias. Two pumps, and a look four times a second (<see cref="OnTick"/>) at what neither of them can see.
/// </summary>
internal sealed class RealtimeSession : IDisposable
{
    /// <summary>How long the sides have to say goodbye.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private static readonly byte[] CancelResponse = Encoding.ASCII.GetBytes("""{"type":"response.cancel"}""");

    private readonly TaskCompletionSource<SessionEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly GatewayCall _call;
    private readonly SessionSocket _client;
    private readonly SessionSocket _vendor;
    private readonly SessionAccount _account;
    private readonly SessionRules _rules;
    private readonly SessionMessage _fromClient;
    private readonly SessionMessage _fromVendor;
    private readonly byte[] _secret;
    private readonly TimeSpan _idle;
    private long _generation;
    private long _heardAt;
    private bool _toldShort;

    public RealtimeSession(GatewayCall call, SessionSocket client, SessionSocket vendor, SessionAccount account, CredentialSlot slot, SessionRules rules)
    {
        _call = call;
        _client = client;
        _vendor = vendor;
        _account = account;
        _rules = rules;
        _fromClient = new SessionMessage(rules.Server.MaxRequestBytes);
        _fromVendor = new SessionMessage(rules.Server.MaxRequestBytes);
        _secret = Encoding.UTF8.GetBytes(slot.Config.ApiKey.Reveal());
        _idle = call.Target!.Provider.Config.Timeouts.Idle;
        _generation = rules.Callers.Generation;
        _heardAt = rules.Time.GetTimestamp();
    }

    /// <summary>Relays until the session ends, and settles what it has used.</summary>
    public async Task RunAsync()
    {
        var up = PumpClientAsync();
        var down = PumpVendorAsync();
        await Task.WhenAny(_ended.Task, up, down).ConfigureAwait(false);

        // A pump that stops without a reason has met a defect, which comes to light below.
        End(SessionEnd.Failed(WebSocketCloseStatus.InternalServerError, PipelineErrors.Internal()));
        try
        {
            await CloseAsync(await _ended.Task.ConfigureAwait(false), up, down).ConfigureAwait(false);
        }
        finally
        {
            await _account.CloseAsync().ConfigureAwait(false);
        }
    }

    private async Task CloseAsync(SessionEnd end, Task up, Task down)
    {
        _call.ErrorCode = end.Error?.Code ?? (end.ClientLeft && _account.IsRunning ? "client_gone" : null);

        // The client first: whoever is refused need not wait for the vendor's count.
        if (end.Error is { } error)
        {
            await TellAsync(error, null).ConfigureAwait(false);
        }

        await _client.CloseAsync(end.ClientCode, end.Reason).ConfigureAwait(false);
        if (_account.IsRunning && !down.IsCompleted)
        {
            // The vendor says what the response has used once it is cancelled.
            var patience = end.ClientLeft ? _rules.Server.DetachedDrain : Farewell;
            await _vendor.SendAsync(CancelResponse, WebSocketMessageType.Text).ConfigureAwait(false);
            await Task.WhenAny(down, _account.Quiet, Task.Delay(patience, _rules.Time)).ConfigureAwait(false);
        }

        await _vendor.CloseAsync(end.VendorCode, "").ConfigureAwait(false);
        var both = Task.WhenAll(up, down);
        await Task.WhenAny(both, Task.Delay(Farewell, _rules.Time)).ConfigureAwait(false);
        _vendor.Abort();
        if (!up.IsCompleted)
        {
            _client.Abort();
        }

        await both.ConfigureAwait(false);
    }

    /// <summary>Looks at deadlines and at the key. Called by the timer of all sessions; blocks nothing.</summary>
    public void OnTick()
    {
        var write = _rules.Server.WriteTimeout;
        if (_client.IsStuck(write))
        {
            End(SessionEnd.ClientGone());
            _client.Abort();
        }

        if (_vendor.IsStuck(write))
        {
            End(SessionEnd.VendorGone());
            _vendor.Abort();
        }

        if (_ended.Task.IsCompleted)
        {
            return;
        }

        if (_call.Expired == CallPhase.Drain)
        {
            End(SessionEnd.Stopping());
        }
        else if (_call.Expired == CallPhase.Total)
        {
            End(SessionEnd.Failed(WebSocketCloseStatus.NormalClosure, PipelineErrors.StreamTimedOut(CallPhase.Total)));
        }
        else if (IsRevoked())
        {
            End(SessionEnd.Refused(CredentialExtractor.Unknown));
        }
        else if (_rules.Time.GetElapsedTime(Volatile.Read(ref _heardAt)) > _idle)
        {
            End(SessionEnd.Failed(WebSocketCloseStatus.NormalClosure, RealtimeErrors.Silent()));
        }
    }

    public void Dispose()
    {
        _fromClient.Dispose();
        _fromVendor.Dispose();
    }

    private bool HasEnded => _ended.Task.IsCompleted;

    private void End(SessionEnd end) => _ended.TrySetResult(end);

    private bool IsRevoked()
    {
        var caller = _call.Caller!;
        if (caller.ExpiresAt is { } expires && expires <= _rules.Time.GetUtcNow())
        {
            return true;
        }

        var generation = _rules.Callers.Generation;
        if (generation == _generation)
        {
            return false;
        }

        _generation = generation;
        return _rules.Keys.FindByName(caller.KeyId) is not { } now || !now.Models.Allows(_call.Model);
    }

    private async Task PumpClientAsync()
    {
        while (true)
        {
            var kind = await _fromClient.ReadAsync(_client.Socket).ConfigureAwait(false);
            switch (kind)
            {
                case MessageKind.Closed:
                    End(SessionEnd.ClientClosed(_client.Socket.CloseStatus, _client.Socket.CloseStatusDescription));
                    return;
                case MessageKind.Broken:
                    End(SessionEnd.ClientGone());
                    return;
                case MessageKind.TooLarge:
                    End(SessionEnd.TooLarge(_rules.Server.MaxRequestBytes));
                    return;
                default:
                    break;
            }

            if (!HasEnded)
            {
                Volatile.Write(ref _heardAt, _rules.Time.GetTimestamp());
                await ForwardAsync(kind).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Judges one message of the client, covers what it may cost, and sends it on.</summary>
    private async ValueTask ForwardAsync(MessageKind kind)
    {
        var message = _fromClient.Bytes;
        RealtimeEvent read = default;

        // Some servers read an event out of a binary message too. What cannot be one passes as it is.
        if (kind == MessageKind.Text || message.Span.TrimStart(" \t\r\n"u8).StartsWith("{"u8))
        {
            if (RealtimeEventReader.Read(message.Span, _rules.Server.MaxJsonDepth, out read) is { } malformed)
            {
                await TellAsync(malformed, IdOf(in read, message)).ConfigureAwait(false);
                return;
            }
        }

        var edited = message;
        if (read.Kind == RealtimeEventKind.SessionUpdate && read.SessionModel.Found && EditModel(message, read.SessionModel) is var model)
        {
            if (model is null)
            {
                await TellAsync(RealtimeErrors.ModelFixed(), IdOf(in read, message)).ConfigureAwait(false);
                return;
            }

            edited = model.Value;
        }

        if (read.Kind == RealtimeEventKind.ResponseCreate && TokensUsedUp() is { } wait)
        {
            await TellAsync(RealtimeErrors.TokensUsedUp(wait), IdOf(in read, message)).ConfigureAwait(false);
            return;
        }

        _account.Heard(in read, message.Span);
        if (await _account.CoverAsync().ConfigureAwait(false) is { } uncovered)
        {
            await StopShortAsync(uncovered, IdOf(in read, message)).ConfigureAwait(false);
            return;
        }

        if (read.Kind == RealtimeEventKind.ResponseCreate)
        {
            await _account.AskedAsync().ConfigureAwait(false);
        }

        if (!await _vendor.SendAsync(edited, kind == MessageKind.Text ? WebSocketMessageType.Text : WebSocketMessageType.Binary).ConfigureAwait(false))
        {
            End(SessionEnd.VendorGone());
        }
    }

    /// <summary>A response that runs is paid for and may end; the client is told once, and what it says is not sent on any more.</summary>
    private async ValueTask StopShortAsync(GatewayError uncovered, string? cause)
    {
        if (!_account.IsRunning)
        {
            End(SessionEnd.Refused(uncovered));
        }
        else if (!_toldShort)
        {
            _toldShort = true;
            await TellAsync(uncovered, cause).ConfigureAwait(false);
        }
    }

    private async Task PumpVendorAsync()
    {
        while (true)
        {
            var kind = await _fromVendor.ReadAsync(_vendor.Socket).ConfigureAwait(false);
            switch (kind)
            {
                case MessageKind.Closed:
                    End(SessionEnd.VendorClosed(_vendor.Socket.CloseStatus, Redacted(_vendor.Socket.CloseStatusDescription)));
                    return;
                case MessageKind.Broken or MessageKind.TooLarge:
                    End(SessionEnd.VendorGone());
                    return;
                default:
                    break;
            }

            Volatile.Write(ref _heardAt, _rules.Time.GetTimestamp());
            await ReturnAsync(kind).ConfigureAwait(false);
        }
    }

    /// <summary>Accounts one message of the vendor, and sends it on when that is durable.</summary>
    private async ValueTask ReturnAsync(MessageKind kind)
    {
        var message = _fromVendor.Bytes;
        RealtimeEvent read = default;
        if (kind == MessageKind.Text)
        {
            // What the vendor gets wrong is the client's to judge: it passes.
            _ = RealtimeEventReader.Read(message.Span, _rules.Server.MaxJsonDepth, out read);
        }

        if (!await AccountAsync(read, message).ConfigureAwait(false))
        {
            End(SessionEnd.Failed(WebSocketCloseStatus.InternalServerError, PipelineErrors.LedgerUnavailable()));
            return;
        }

        if (read.Kind == RealtimeEventKind.Error)
        {
            var shown = new ArrayBufferWriter<byte>(message.Length);
            SecretRedactor.Redact(message.Span, _secret, shown);
            message = shown.WrittenMemory;
        }

        if (!HasEnded)
        {
            _call.FirstByteAt = _call.FirstByteAt == 0 ? _rules.Time.GetTimestamp() : _call.FirstByteAt;
            if (!await _client.SendAsync(message, kind == MessageKind.Text ? WebSocketMessageType.Text : WebSocketMessageType.Binary).ConfigureAwait(false))
            {
                End(SessionEnd.ClientGone());
            }
        }

        if (_account.Short is { } uncovered && !_account.IsRunning)
        {
            End(SessionEnd.Refused(uncovered));
        }
    }

    /// <summary>False when what was used is not durable, and the client must not hear of it.</summary>
    private async ValueTask<bool> AccountAsync(RealtimeEvent read, ReadOnlyMemory<byte> message)
    {
        switch (read.Kind)
        {
            case RealtimeEventKind.SessionState:
                _account.TranscriptionModel = RealtimeEvent.TextOf(message.Span, read.TranscriptionModel);
                return true;
            case RealtimeEventKind.ResponseCreated:
                if (!await _account.BeginAsync(RealtimeEvent.TextOf(message.Span, read.ResponseId)).ConfigureAwait(false))
                {
                    await _vendor.SendAsync(CancelResponse, WebSocketMessageType.Text).ConfigureAwait(false);
                }

                return true;
            case RealtimeEventKind.AudioDelta or RealtimeEventKind.TextDelta:
                _account.Count(in read, message.Span);
                return true;
            case RealtimeEventKind.ResponseDone:
                var failed = RealtimeEvent.TextOf(message.Span, read.Status) == "failed";
                return await _account.EndAsync(RealtimeEvent.TextOf(message.Span, read.ResponseId), failed, UsageOf(in read, message.Span)).ConfigureAwait(false);
            case RealtimeEventKind.TranscriptionDone when read.Usage.Found:
                RealtimeUsage.TryReadSeconds(read.Usage.Of(message.Span), out var seconds);
                return await _account.TranscribedAsync(UsageOf(in read, message.Span), seconds).ConfigureAwait(false);
            default:
                return true;
        }
    }

    private static TokenUsage? UsageOf(in RealtimeEvent read, ReadOnlySpan<byte> message)
        => read.Usage.Found && RealtimeUsage.TryRead(read.Usage.Of(message), out var usage) ? usage : null;

    /// <summary>The message with the vendor's name of the model in the place of an alias; null when it names another model.</summary>
    private ReadOnlyMemory<byte>? EditModel(ReadOnlyMemory<byte> message, JsonSlice model)
    {
        var name = RealtimeEvent.TextOf(message.Span, model);
        if (name == _call.Target!.Model)
        {
            return message;
        }

        if (name != _call.Model)
        {
            return null;
        }

        var edit = new JsonEdit();
        edit.Replace(model, _call.Target.ModelJson);
        var edited = new byte[edit.Length(message.Length)];
        edit.Apply(message.Span, edited);
        return edited;
    }

    /// <summary>Seconds until tokens are left again; null while some are.</summary>
    private int? TokensUsedUp()
    {
        var now = _rules.Time.GetTimestamp() / (_rules.Time.TimestampFrequency / 1000);
        return _rules.Limiters.Observe(GatewayPipeline.SubjectsOf(_call, _call.Caller!), now).Tokens is { Remaining: <= 0 } used ? Math.Max(1, used.ResetSeconds) : null;
    }

    private async ValueTask TellAsync(GatewayError error, string? cause)
    {
        var text = new ArrayBufferWriter<byte>(512);
        RealtimeErrorEvent.Write(text, error, "event_" + RequestId.Next()[4..], cause);
        await _client.SendAsync(text.WrittenMemory, WebSocketMessageType.Text).ConfigureAwait(false);
    }

    private static string? IdOf(in RealtimeEvent read, ReadOnlyMemory<byte> message)
        => read.EventId.Found ? RealtimeEvent.TextOf(message.Span, read.EventId) : null;

    private string? Redacted(string? reason)
    {
        if (string.IsNullOrEmpty(reason))
        {
            return reason;
        }

        var shown = new ArrayBufferWriter<byte>(reason.Length);
        SecretRedactor.Redact(Encoding.UTF8.GetBytes(reason), _secret, shown);
        return Encoding.UTF8.GetString(shown.WrittenSpan);
    }
}
