using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sluice.Chaos.Load;

namespace Sluice.Chaos.Oracle;

/// <summary>
/// The upstream that knows the truth: a vendor in OpenAI's dialect on a free loopback port, in the harness's own process,
/// that writes down each request it receives before it answers, and answers as the request's own plan says.
/// </summary>
internal sealed class OracleUpstream : IAsyncDisposable
{
    private readonly RunLog _log;
    private readonly WebApplication _app;

    private OracleUpstream(RunLog log, WebApplication app)
    {
        _log = log;
        _app = app;
    }

    /// <summary>What the provider's <c>base_url</c> is set to.</summary>
    public string BaseUrl => $"{_app.Urls.First()}/v1";

    public static async Task<OracleUpstream> StartAsync(RunLog log)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        var oracle = new OracleUpstream(log, builder.Build());
        oracle._app.Run(oracle.HandleAsync);
        await oracle._app.StartAsync();
        return oracle;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task HandleAsync(HttpContext http)
    {
        try
        {
            await AnswerAsync(http);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or BadHttpRequestException)
        {
            // The gateway went away: that is what the harness is for.
        }
    }

    private async Task AnswerAsync(HttpContext http)
    {
        if (await ReadAsync(http) is not { } call)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        if (call.Plan.Streams)
        {
            await StreamAsync(http, call.Plan);
        }
        else
        {
            await PauseAsync(call.Plan, http.RequestAborted);
            var document = OracleAnswer.Document(call.Plan);
            http.Response.ContentType = "application/json";
            http.Response.ContentLength = document.Length;
            await http.Response.BodyWriter.WriteAsync(document, http.RequestAborted);
        }

        await http.Response.CompleteAsync();
        call.NoteFinish();
    }

    private async Task<TrackedCall?> ReadAsync(HttpContext http)
    {
        var reader = http.Request.BodyReader;
        var read = await reader.ReadAsync(http.RequestAborted);
        while (!read.IsCompleted)
        {
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            read = await reader.ReadAsync(http.RequestAborted);
        }

        var body = read.Buffer.ToArray();
        reader.AdvanceTo(read.Buffer.End);
        return _log.NoteDispatch(CallPlan.FromBody(body), body.Length);
    }

    private static async Task StreamAsync(HttpContext http, CallPlan plan)
    {
        http.Response.ContentType = "text/event-stream";
        var body = http.Response.BodyWriter;
        for (var i = 0; i < plan.Events; i++)
        {
            await body.WriteAsync(OracleAnswer.Event(plan, i), http.RequestAborted);
            await PauseAsync(plan, http.RequestAborted);
        }

        await body.WriteAsync(OracleAnswer.LastEvents(plan), http.RequestAborted);
    }

    private static Task PauseAsync(CallPlan plan, CancellationToken cancellationToken)
        => plan.PauseMilliseconds == 0 ? Task.CompletedTask : Task.Delay(plan.PauseMilliseconds, cancellationToken);
}
