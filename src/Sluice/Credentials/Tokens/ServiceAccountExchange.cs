using System.Text;
using Sluice.Providers.Transport;
using Sluice.Providers.Vertex;

namespace Sluice.Credentials.Tokens;

/// <summary>Exchanges a service account's key for an access token, through the credential's own proxy.</summary>
internal sealed class ServiceAccountExchange(ServiceAccountKey key, UpstreamPool pool, TimeProvider time) : ITokenExchange
{
    private const string GrantType = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    /// <summary>A token answer has about 1 KB.</summary>
    private const int MaxAnswerBytes = 64 * 1024;

    public TimeSpan UsualEarly { get; } = TimeSpan.FromMinutes(5);

    public async ValueTask<TokenAnswer> FetchAsync(CancellationToken cancellationToken)
    {
        var form = $"grant_type={Uri.EscapeDataString(GrantType)}&assertion={ServiceAccountAssertion.Create(key, time.GetUtcNow())}";
        var request = Encoding.ASCII.GetBytes(
            $"POST {key.TokenUri.PathAndQuery} HTTP/1.1\r\nhost: {pool.Origin.Authority}\r\nuser-agent: sluice\r\naccept: application/json\r\naccept-encoding: identity\r\n"
            + $"content-type: application/x-www-form-urlencoded\r\ncontent-length: {form.Length}\r\n\r\n{form}");

        // A kept connection may have been closed at the other end, which shows only when it is used: then a new one is tried.
        for (var connection = pool.TryRent(); connection is not null; connection = null)
        {
            var (answer, stale) = await AskAsync(connection, request, cancellationToken).ConfigureAwait(false);
            if (!stale)
            {
                return answer;
            }
        }

        return await pool.ConnectAsync(cancellationToken).ConfigureAwait(false) is { } fresh
            ? (await AskAsync(fresh, request, cancellationToken).ConfigureAwait(false)).Answer
            : TokenAnswer.Failed(Unreachable(cancellationToken));
    }

    public void Dispose() => key.Dispose();

    private async ValueTask<(TokenAnswer Answer, bool Stale)> AskAsync(UpstreamConnection upstream, byte[] request, CancellationToken cancellationToken)
    {
        try
        {
            using var abort = cancellationToken.UnsafeRegister(static one => ((UpstreamConnection)one!).Abort(), upstream);
            _ = await upstream.SendAsync(request).ConfigureAwait(false);
            var status = await upstream.ReadHeadAsync().ConfigureAwait(false);
            if (status < 0)
            {
                var stale = upstream is { WasReused: true, HasResponseBytes: false, Failure: TransportFailure.Closed };
                return (TokenAnswer.Failed(Unreachable(cancellationToken)), stale);
            }

            var headers = upstream.Find("retry-after");
            while (!upstream.BodyComplete && upstream.Body.Length < MaxAnswerBytes)
            {
                if (await upstream.ReadBodyAsync().ConfigureAwait(false) < 0)
                {
                    return (TokenAnswer.Failed(Unreachable(cancellationToken)), false);
                }
            }

            var answer = TokenAnswerReader.Read(status, upstream.Body, headers, Host);
            upstream.ConsumeBody();
            return (answer, false);
        }
        finally
        {
            upstream.Release();
        }
    }

    private string Host => key.TokenUri.Host;

    private TokenFailure Unreachable(CancellationToken cancellationToken) => cancellationToken.IsCancellationRequested
        ? new TokenFailure(false, "token_timeout", $"The token server {Host} did not answer in time.")
        : new TokenFailure(
            false, "token_unreachable",
            $"The token server {Host} could not be reached{(pool.Origin.Proxy is null ? "" : " through the credential's proxy")}, or broke off. Look at the network{(pool.Origin.Proxy is null ? "" : " and the proxy")}.");
}
