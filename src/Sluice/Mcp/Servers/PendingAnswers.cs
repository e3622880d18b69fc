using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Sluice.Mcp.Wire;

namespace Sluice.Mcp.Servers;

/// <summary>Requests that wait for their answer on a channel that all share (stdio, the old HTTP transport).</summary>
internal sealed class PendingAnswers
{
    private readonly ConcurrentDictionary<long, Waiting> _waiting = new();
    private McpFailure? _ended;

    /// <summary>The answer to a request that is about to be sent; <see cref="Forget"/> it in every case.</summary>
    public Task<UpstreamReply> Expect(UpstreamRequest request)
    {
        var waiting = new Waiting(request.Related);
        _waiting[request.Id] = waiting;
        if (Volatile.Read(ref _ended) is { } failure)
        {
            waiting.Answer.TrySetResult(failure);
        }

        return waiting.Answer.Task;
    }

    public void Forget(long id) => _waiting.TryRemove(id, out _);

    /// <summary>Gives an answer, or the progress of a request, to the one who waits; true when the message was one of these. Answers nobody waits for are dropped.</summary>
    public bool Take(RpcMessage message)
    {
        if (message.Kind is RpcKind.Result or RpcKind.Error)
        {
            if (Find(message.Id) is { } asked)
            {
                asked.Answer.TrySetResult(message);
            }

            return true;
        }

        if (message.Method != Notifications.Progress)
        {
            return false;
        }

        if (message.Member(MetaKey.ProgressToken) is { ValueKind: JsonValueKind.Number } token && Find(token.GetRawText()) is { } running)
        {
            running.Related?.Invoke(message);
        }

        return true;
    }

    /// <summary>Nothing more will come.</summary>
    public void End(McpFailure failure)
    {
        Volatile.Write(ref _ended, failure);
        foreach (var (_, waiting) in _waiting)
        {
            waiting.Answer.TrySetResult(failure);
        }
    }

    private Waiting? Find(string? id)
        => long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? _waiting.GetValueOrDefault(number) : null;

    private sealed class Waiting(Action<RpcMessage>? related)
    {
        public Action<RpcMessage>? Related => related;

        public TaskCompletionSource<UpstreamReply> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
