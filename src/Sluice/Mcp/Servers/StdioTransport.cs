using System.Buffers;
using System.ComponentModel;
using System.Diagnostics;
using System.IO.Pipelines;
using Sluice.Configuration;

namespace Sluice.Mcp.Servers;

/// <summary>
/// A program that Sluice runs and that speaks lines of JSON. Its environment is what the configuration gives it and nothing
/// else. What it writes to its error output is thrown away: it may hold the very secrets that the program was given.
/// </summary>
internal sealed class StdioTransport : SharedChannel
{
    /// <summary>A program that is asked to end by the end of its input has so long before it is killed.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly int _longestMessage;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly Task _reading;
    private readonly Task _discarding;

    private StdioTransport(Process process, int longestMessage, TimeProvider time)
    {
        (_process, _longestMessage, _time) = (process, longestMessage, time);
        _reading = ReadAsync();
        _discarding = DiscardAsync();
    }

    /// <summary>Starts the program; null, with the reason, when that cannot be done.</summary>
    public static StdioTransport? Start(McpServerConfig server, int longestMessage, TimeProvider time, out McpFailure? failure)
    {
        failure = null;
        var start = new ProcessStartInfo(server.Command, server.Args)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment.Clear();
        foreach (var (name, value) in server.Env)
        {
            start.Environment[name] = value.Reveal();
        }

        try
        {
            return new StdioTransport(Process.Start(start)!, longestMessage, time);
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or IOException)
        {
            failure = new McpFailure(McpFailureKind.Unreachable, "its program could not be started; is \"command\" right?");
            return null;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // Nobody reads it any more.
        }

        using var late = new CancellationTokenSource(Grace, _time);
        try
        {
            await _process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            Kill();
        }

        await Task.WhenAll(_reading, _discarding).WaitAsync(Grace, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _process.Dispose();
    }

    protected override async ValueTask<McpFailure?> SendAsync(byte[] message, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            // A line that has begun is written to its end, or the next would begin in its middle.
            var input = _process.StandardInput.BaseStream;
            await input.WriteAsync((byte[])[.. message, (byte)'\n'], CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(30), _time, CancellationToken.None);
            await input.FlushAsync(CancellationToken.None);
            return null;
        }
        catch (TimeoutException)
        {
            Kill();
            return new McpFailure(McpFailureKind.BrokenOff, "its program does not read its input");
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return new McpFailure(McpFailureKind.BrokenOff, "its program has ended");
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task ReadAsync()
    {
        var failure = await ReadToTheEndAsync();
        End(failure);
        Kill();
    }

    private async Task<McpFailure> ReadToTheEndAsync()
    {
        var output = PipeReader.Create(_process.StandardOutput.BaseStream);
        try
        {
            while (true)
            {
                var read = await output.ReadAsync();
                var rest = read.Buffer;
                while (rest.PositionOf((byte)'\n') is { } end)
                {
                    var line = rest.Slice(0, end);
                    rest = rest.Slice(rest.GetPosition(1, end));
                    if (line.Length > _longestMessage)
                    {
                        return TooLarge();
                    }

                    if (!Receive(line.IsSingleSegment ? line.FirstSpan : line.ToArray()))
                    {
                        return new McpFailure(McpFailureKind.ProtocolError, "its program writes lines that are no JSON-RPC messages");
                    }
                }

                if (rest.Length > _longestMessage)
                {
                    return TooLarge();
                }

                output.AdvanceTo(rest.Start, rest.End);
                if (read.IsCompleted)
                {
                    return new McpFailure(McpFailureKind.BrokenOff, "its program has ended");
                }
            }
        }
        catch (IOException)
        {
            return new McpFailure(McpFailureKind.BrokenOff, "its program has ended");
        }
    }

    private async Task DiscardAsync()
    {
        try
        {
            await _process.StandardError.BaseStream.CopyToAsync(Stream.Null);
        }
        catch (IOException)
        {
            // The program has ended.
        }
    }

    /// <summary>Ends the program, with those that it has started, by the number it was given when it was started.</summary>
    private void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended already.
        }
    }

    private static McpFailure TooLarge() => new(McpFailureKind.ProtocolError, "it sent a message larger than mcp.max_message_bytes");
}
