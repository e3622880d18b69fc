using System.Text;
using Microsoft.AspNetCore.Http;

namespace Sluice.TestKit.Upstream;

/// <summary>What the upstream does with a request: a head, then steps in order. Built fluently, may be used many times.</summary>
public sealed class UpstreamAnswer
{
    private static readonly TimeSpan AbortPause = TimeSpan.FromMilliseconds(150);

    private readonly List<KeyValuePair<string, string>> _headers = [];
    private readonly List<Func<HttpContext, CancellationToken, Task>> _beforeHead = [];
    private readonly List<Func<HttpContext, CancellationToken, Task>> _steps = [];
    private readonly int _status;
    private long? _contentLength;

    private UpstreamAnswer(int status) => _status = status;

    /// <summary>A whole JSON document with its length.</summary>
    public static UpstreamAnswer Json(string body, int status = 200) => Bytes(Encoding.UTF8.GetBytes(body), "application/json", status);

    /// <summary>A whole body with its length.</summary>
    public static UpstreamAnswer Bytes(byte[] body, string contentType, int status = 200)
    {
        var answer = new UpstreamAnswer(status).With("content-type", contentType).Send(body);
        answer._contentLength = body.Length;
        return answer;
    }

    /// <summary>A stream of server-sent events; each part is flushed by itself.</summary>
    public static UpstreamAnswer Sse(params IEnumerable<string> parts) => Stream("text/event-stream", parts);

    /// <summary>A chunked body; each part is flushed by itself.</summary>
    public static UpstreamAnswer Stream(string contentType, params IEnumerable<string> parts)
    {
        var answer = new UpstreamAnswer(200).With("content-type", contentType);
        foreach (var part in parts)
        {
            answer.Send(part);
        }

        return answer;
    }

    /// <summary>Takes the request and never answers.</summary>
    public static UpstreamAnswer Never() => new UpstreamAnswer(200).HoldHead(Task.Delay(Timeout.Infinite));

    /// <summary>Takes the request and breaks the connection instead of a status line.</summary>
    public static UpstreamAnswer Broken()
    {
        var answer = new UpstreamAnswer(200);
        answer._beforeHead.Add((context, _) => AbortAsync(context));
        return answer;
    }

    public UpstreamAnswer With(string header, string value)
    {
        _headers.Add(new(header, value));
        return this;
    }

    /// <summary>Holds the status line back until the task completes.</summary>
    public UpstreamAnswer HoldHead(Task gate)
    {
        _beforeHead.Add((_, cancel) => gate.WaitAsync(cancel));
        return this;
    }

    /// <summary>Holds the status line back for a time.</summary>
    public UpstreamAnswer DelayHead(TimeSpan time)
    {
        _beforeHead.Add((_, cancel) => Task.Delay(time, cancel));
        return this;
    }

    public UpstreamAnswer Send(string text) => Send(Encoding.UTF8.GetBytes(text));

    public UpstreamAnswer Send(byte[] bytes)
    {
        _steps.Add(async (context, cancel) =>
        {
            await context.Response.Body.WriteAsync(bytes, cancel);
            await context.Response.Body.FlushAsync(cancel);
        });
        return this;
    }

    /// <summary>Sends the head now, before the first body byte.</summary>
    public UpstreamAnswer FlushHead()
    {
        _steps.Add((context, cancel) => context.Response.Body.FlushAsync(cancel));
        return this;
    }

    /// <summary>Is silent for a time.</summary>
    public UpstreamAnswer Delay(TimeSpan time)
    {
        _steps.Add((_, cancel) => Task.Delay(time, cancel));
        return this;
    }

    /// <summary>Is silent until the task completes.</summary>
    public UpstreamAnswer Hold(Task gate)
    {
        _steps.Add((_, cancel) => gate.WaitAsync(cancel));
        return this;
    }

    /// <summary>Is silent until the gateway leaves.</summary>
    public UpstreamAnswer Stall() => Hold(Task.Delay(Timeout.Infinite));

    /// <summary>Sends the same bytes with a pause between, until the gateway leaves.</summary>
    public UpstreamAnswer Forever(string text, TimeSpan pause)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        _steps.Add(async (context, cancel) =>
        {
            while (true)
            {
                await context.Response.Body.WriteAsync(bytes, cancel);
                await context.Response.Body.FlushAsync(cancel);
                if (pause > TimeSpan.Zero)
                {
                    await Task.Delay(pause, cancel);
                }
            }
        });
        return this;
    }

    /// <summary>Breaks the connection: the gateway sees a reset or a chunked body without an end.</summary>
    public UpstreamAnswer Abort()
    {
        _steps.Add((context, _) => AbortAsync(context));
        return this;
    }

    internal async Task WriteAsync(HttpContext context)
    {
        var cancel = context.RequestAborted;
        foreach (var step in _beforeHead)
        {
            await step(context, cancel);
        }

        context.Response.StatusCode = _status;
        foreach (var header in _headers)
        {
            context.Response.Headers.Append(header.Key, header.Value);
        }

        context.Response.ContentLength = _contentLength;
        foreach (var step in _steps)
        {
            await step(context, cancel);
        }
    }

    private static async Task AbortAsync(HttpContext context)
    {
        // A flush hands bytes to Kestrel, an abort drops what Kestrel still holds: give it the time to send.
        await Task.Delay(AbortPause);
        context.Abort();
        throw new OperationCanceledException("The script breaks the connection here.");
    }
}
