using Sluice.Protocol.Canonical;
using Sluice.Protocol.OpenAIResponses;
using Sluice.StoredResponses;

namespace Sluice.Pipeline;

/// <summary>
/// A response that Sluice works on while its client does something else (<c>background: true</c>). The call behind it is an ordinary
/// one, with a request of its own that no connection belongs to: it is admitted, limited, charged and settled as any other.
/// </summary>
/// <param name="directory">Where the answer is kept, from the beginning on.</param>
/// <param name="requestId">The id of the client's request, which its account goes by.</param>
/// <param name="first">The response as it waits for its turn.</param>
/// <param name="maxBytes">The most that is kept of the answer, in bytes.</param>
internal sealed class BackgroundRun(ResponseDirectory directory, string requestId, StoredResponse first, long maxBytes)
{
    private readonly TaskCompletionSource<GatewayError?> _admission = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private GatewayCall? _call;
    private ResponseContent? _content;
    private int _cancelled;

    public string RequestId { get; } = requestId;

    /// <summary>Whose it is.</summary>
    public string KeyId => first.KeyId;

    public string Id => first.Id;

    /// <summary>The events so far, where the client asked for them; null where it did not.</summary>
    public EventLog? Events { get; init; }

    /// <summary>Tells whether the call is let in: null when it is.</summary>
    public Task<GatewayError?> Admission => _admission.Task;

    /// <summary>Completes when the answer is kept as it will stay.</summary>
    public Task Ended => _ended.Task;

    /// <summary>How the call's limits stand; default before it was let in.</summary>
    public GatewayCall? Call => Volatile.Read(ref _call);

    /// <summary>The response as it waits for its turn, which whoever asks for it is answered with.</summary>
    public StoredResponse First => first;

    /// <summary>The response as a client sees it now.</summary>
    public StoredResponse Now => Call is { Attempts: > 0 } ? With(first, "in_progress") : first;

    /// <summary>The call behind it has begun.</summary>
    public void Begin(GatewayCall call) => Volatile.Write(ref _call, call);

    /// <summary>Gives the call what the client's own request has found out: its body says it no more.</summary>
    public void Prepare(GatewayCall call)
    {
        call.ContinuesFrom = first.PreviousId;
        call.Keeping = new AnswerKeeping(directory, KeyId, first.Model, first.CreatedAt, maxBytes)
        {
            Id = Id,
            PreviousId = first.PreviousId,
            OwnInput = first.Content!.Input,
            InPlace = content => _content = content,
        };
    }

    /// <summary>The call was let in, or refused.</summary>
    public void Admitted(GatewayError? refused)
    {
        if (refused is null)
        {
            directory.Keep(first);
        }

        _admission.TrySetResult(refused);
    }

    /// <summary>Gives the work up. Completes when that is kept; what was used until then is charged.</summary>
    public Task CancelAsync()
    {
        Interlocked.Exchange(ref _cancelled, 1);
        Call?.EndForStop();
        return Ended;
    }

    /// <summary>The call behind it has ended, one way or another: the answer is kept as it will stay.</summary>
    public async ValueTask EndAsync(GatewayCall call)
    {
        if (!_admission.TrySetResult(PipelineErrors.Internal()) && await _admission.Task.ConfigureAwait(false) is null)
        {
            directory.Keep(Last(call));
        }

        Close();
    }

    /// <summary>Nothing more is to be expected: who waits is told so, where nobody has told him.</summary>
    public void Close()
    {
        _admission.TrySetResult(PipelineErrors.Internal());
        Events?.End();
        _ended.TrySetResult();
    }

    private static StoredResponse With(StoredResponse response, string status, string? code = null, string? message = null) => response with
    {
        Content = response.Content! with { Response = ResponsesConversation.WithStatus(response.Content.Response.Span, status, code, message) },
    };

    private StoredResponse Last(GatewayCall call)
    {
        var closed = first with { IsOpen = false };
        if (_content is { } content)
        {
            var events = Events?.ToArray() ?? [];
            return closed with { Content = content with { Events = content.Bytes + events.Length <= maxBytes ? events : default } };
        }

        if (Volatile.Read(ref _cancelled) != 0)
        {
            return With(closed, "cancelled");
        }

        var error = call.Refused ?? PipelineErrors.BrokenOff(call.Expired);
        return With(closed, "failed", CodeOf(error.Kind), error.Message);
    }

    /// <summary>OpenAI's words for why a response failed (openai 6.49.0 <c>ResponseError</c>), which is a closed list.</summary>
    private static string CodeOf(ErrorKind kind) => kind switch
    {
        ErrorKind.RateLimited => "rate_limit_exceeded",
        ErrorKind.InvalidRequest or ErrorKind.TooLarge or ErrorKind.Unprocessable => "invalid_prompt",
        _ => "server_error",
    };
}
