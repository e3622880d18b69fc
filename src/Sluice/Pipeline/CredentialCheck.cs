using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Credentials;
using Sluice.Protocol;
using Sluice.Providers;
using Sluice.Providers.Transport;
using Sluice.Routing;

namespace Sluice.Pipeline;

/// <summary>What a check of a credential found.</summary>
/// <param name="Status">The vendor's HTTP status; 0 when there was none.</param>
/// <param name="Message">For a person; never a vendor's words, which may name the account.</param>
/// <param name="Failure">What went wrong as the vendor's rules see it; null where no answer came, or a good one.</param>
internal readonly record struct CheckOutcome(int Status, string Message, UpstreamFailureKind? Failure)
{
    public bool Ok => Status is >= 200 and <= 299;
}

/// <summary>Asks a vendor with one credential and no other: the list of models, which is free, or a smallest call.</summary>
internal sealed class CredentialCheck(TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>As much of an answer as is read, in bytes: a list of models is large, a balance and an error are small.</summary>
    private const int MostRead = 1024 * 1024;

    /// <summary>The smallest call of each dialect, in the order in which they are tried.</summary>
    private static readonly Operation[] Calls = [Operation.Chat, Operation.Messages, Operation.GenerateContent, Operation.Responses];

    /// <summary>True where the vendor has a call that is free and says whether the credential is accepted.</summary>
    public static bool IsFreeFor(ProviderRuntime provider) => provider.Urls.ModelsPath is not null;

    /// <summary>The free call; learns the balance as well, where the vendor tells it.</summary>
    public async Task<CheckOutcome> ProbeAsync(ProviderRuntime provider, CredentialSlot slot, CancellationToken cancellationToken)
    {
        if (provider.Urls.ModelsPath is not { } path)
        {
            return new CheckOutcome(0, "The vendor has no free call that could tell; name a model to send a smallest call.", null);
        }

        var (outcome, _) = await SendAsync(provider, slot, Get(provider, slot, path), cancellationToken);
        if (outcome.Ok && provider.Urls.BalancePath is { } balancePath)
        {
            var (told, body) = await SendAsync(provider, slot, Get(provider, slot, balancePath), cancellationToken);
            if (told.Ok && provider.Descriptor.Balance!.Read(body) is { } balance)
            {
                slot.Health.Windows.Balance = balance;
            }
        }

        return outcome;
    }

    /// <summary>A word in, at most sixteen tokens out.</summary>
    public async Task<CheckOutcome> CallAsync(ProviderRuntime provider, CredentialSlot slot, string model, CancellationToken cancellationToken)
    {
        model = provider.Descriptor.Spelling(model);
        var operation = Array.Find(Calls, one => provider.Serves(one, model));
        if (operation is null || provider.UrlsOf(slot).For(operation, model, "") is not { } path)
        {
            return new CheckOutcome(0, "The provider serves no operation that a test could call.", null);
        }

        if (await WhyNoTokenAsync(slot, cancellationToken) is { } fault)
        {
            return new CheckOutcome(0, fault, UpstreamFailureKind.TokenUnavailable);
        }

        var head = Head(provider, slot, path);
        var body = BodyOf(operation, provider.Config.Type, model);
        body = operation.Dialect == Dialect.AnthropicMessages && provider.AnthropicVersion is { } inBody ? ClaudeEnvelope.Wrapped(body, inBody) : body;
        byte[] request = [.. head.Whole!, .. Encoding.ASCII.GetBytes($"{VersionOf(provider, operation)}content-length: {body.Length}\r\n\r\n"), .. body];
        var (outcome, _) = await SendAsync(provider, slot, request, cancellationToken);
        return outcome;
    }

    private static RequestHeadTemplate Head(ProviderRuntime provider, CredentialSlot slot, string path)
        => slot.Heads.Make(path, slot, provider.Provider);

    private static byte[] Get(ProviderRuntime provider, CredentialSlot slot, string path)
        => [.. Encoding.ASCII.GetBytes("GET " + path), .. Head(provider, slot, path).AfterTarget, .. Encoding.ASCII.GetBytes((provider.Serves(Operation.Messages) ? VersionOf(provider, Operation.Messages) : "") + "\r\n")];

    private static string VersionOf(ProviderRuntime provider, Operation operation)
        => operation.Dialect == Dialect.AnthropicMessages && provider.AnthropicVersion is null ? $"anthropic-version: {HeaderPolicy.DefaultAnthropicVersion}\r\n" : "";

    /// <summary>Waits for the access token of a credential that is exchanged for one; null when there is one, or none is needed.</summary>
    private static async Task<string?> WhyNoTokenAsync(CredentialSlot slot, CancellationToken cancellationToken)
    {
        if (slot.Account is not { } account)
        {
            return null;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            return await account.Token.GetAsync(limit.Token) is not null ? null : account.Token.Failure?.Message ?? "No access token was given.";
        }
        catch (OperationCanceledException)
        {
            return "No access token came in time.";
        }
    }

    private async Task<(CheckOutcome Outcome, byte[] Body)> SendAsync(
        ProviderRuntime provider, CredentialSlot slot, byte[] request, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        if (await slot.Pool.ConnectAsync(limit.Token) is not { } upstream)
        {
            return (new CheckOutcome(0, await WhyNotConnectedAsync(slot.Pool.Origin, limit.Token), null), []);
        }

        using (upstream)
        {
            using var abort = limit.Token.Register(upstream.Abort);
            _ = await upstream.SendAsync(request);
            var status = await upstream.ReadHeadAsync();
            if (status < 0)
            {
                var message = upstream.Failure == TransportFailure.Aborted ? "No answer came in time." : "The connection broke off before an answer.";
                return (new CheckOutcome(0, message, null), []);
            }

            var headers = new RetainedHeaders(upstream);
            while (!upstream.BodyComplete && upstream.Body.Length < MostRead && await upstream.ReadBodyAsync() > 0)
            {
            }

            var body = upstream.Body.ToArray();
            if (status is >= 200 and <= 299)
            {
                return (new CheckOutcome(status, "The credential is accepted.", null), body);
            }

            var failure = provider.Provider.Classify(status, headers, body, time.GetUtcNow());
            return (new CheckOutcome(status, $"The vendor refused the call: {Words(failure)}.", failure.Kind), body);
        }
    }

    /// <summary>Whether it is the proxy that does not answer, or what lies behind it.</summary>
    private static async Task<string> WhyNotConnectedAsync(UpstreamOrigin origin, CancellationToken cancellationToken)
    {
        const int SocksPort = 1080;
        if (origin.Proxy is not { } proxy)
        {
            return "No connection could be made.";
        }

        var port = proxy.Port > 0 ? proxy.Port : SocksPort;
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(proxy.IdnHost.Trim('[', ']'), port, cancellationToken);
            return $"The credential's proxy {proxy.IdnHost}:{port} answers, and makes no connection to the vendor: look at its user, password and rules.";
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return $"The credential's proxy {proxy.IdnHost}:{port} does not answer.";
        }
    }

    private static string Words(in UpstreamFailure failure)
    {
        var kind = JsonNamingPolicy.SnakeCaseLower.ConvertName(failure.Kind.ToString());
        return failure.Code.Length > 0 ? $"{kind} ({failure.Code})" : kind;
    }

    private static byte[] BodyOf(Operation operation, string providerType, string model)
    {
        // Sixteen is the least that OpenAI accepts.
        const string Word = "ping";
        const int MaxTokens = 16;
        JsonObject body = operation.Dialect switch
        {
            Dialect.OpenAIChat => new()
            {
                ["model"] = model,
                ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = Word }),
                // OpenAI's reasoning models refuse the older name, other vendors do not know the newer.
                [providerType == "openai" ? "max_completion_tokens" : "max_tokens"] = MaxTokens,
            },
            Dialect.OpenAIResponses => new() { ["model"] = model, ["input"] = Word, ["max_output_tokens"] = MaxTokens },
            Dialect.AnthropicMessages => new()
            {
                ["model"] = model,
                ["max_tokens"] = MaxTokens,
                ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = Word }),
            },
            _ => new()
            {
                ["contents"] = new JsonArray(new JsonObject { ["role"] = "user", ["parts"] = new JsonArray(new JsonObject { ["text"] = Word }) }),
                ["generationConfig"] = new JsonObject { ["maxOutputTokens"] = MaxTokens },
            },
        };
        return Encoding.UTF8.GetBytes(body.ToJsonString());
    }
}
