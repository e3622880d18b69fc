using System.Buffers;
using System.Net.Http.Headers;
using System.Text;
using Sluice.Chaos.Oracle;

namespace Sluice.Chaos.Load;

/// <summary>Makes calls to one life of the gateway and says how each ended. It never sends a call twice.</summary>
internal sealed class ChaosClient(Uri address) : IDisposable
{
    private const int MostRefusalCharacters = 300;

    /// <summary>Longer than any answer of the oracle and any pause of the gateway that a scenario makes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false })
    {
        BaseAddress = address,
        Timeout = Patience,
    };

    public async Task<CallOutcome> CallAsync(TrackedCall call, string key)
    {
        try
        {
            call.Outcome = await ExchangeAsync(call, key);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            call.Outcome = CallOutcome.Broken;
        }

        return call.Outcome;
    }

    public void Dispose() => _http.Dispose();

    private async Task<CallOutcome> ExchangeAsync(TrackedCall call, string key)
    {
        using var deadline = new CancellationTokenSource(Patience);
        using var content = new ByteArrayContent(call.Plan.ToBody());
        content.Headers.ContentType = Json;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = content };
        request.Headers.TryAddWithoutValidation("authorization", $"Bearer {key}");
        request.Headers.TryAddWithoutValidation("x-client-request-id", call.Plan.Marker);
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
        call.Status = (int)response.StatusCode;
        await using var body = await response.Content.ReadAsStreamAsync(deadline.Token);
        if (call.Plan.Leaves && response.IsSuccessStatusCode)
        {
            await body.ReadExactlyAsync(new byte[1], deadline.Token);
            return CallOutcome.Left;
        }

        return await ReadAsync(call, body, response.IsSuccessStatusCode, deadline.Token);
    }

    private static async Task<CallOutcome> ReadAsync(TrackedCall call, Stream body, bool succeeded, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            var length = 0;
            int read;
            while ((read = await body.ReadAsync(buffer.AsMemory(length), cancellationToken)) > 0)
            {
                length += read;
            }

            return Judge(call, Encoding.UTF8.GetString(buffer, 0, length), succeeded);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static CallOutcome Judge(TrackedCall call, string text, bool succeeded)
    {
        if (!succeeded)
        {
            call.Refusal = text[..Math.Min(text.Length, MostRefusalCharacters)];
            return CallOutcome.Refused;
        }

        if (call.Plan.Streams && !text.EndsWith(OracleAnswer.Done, StringComparison.Ordinal))
        {
            // A stream that ends without its end mark, though its connection was closed in order.
            return CallOutcome.Broken;
        }

        return text.Contains(call.Plan.Marker, StringComparison.Ordinal) ? CallOutcome.Ended : CallOutcome.Wrong;
    }
}
