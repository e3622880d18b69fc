using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Credentials;
using Sluice.Credentials.Tokens;
using Sluice.Protocol;
using Sluice.Providers;
using Sluice.Providers.Transport;
using Sluice.Routing;

namespace Sluice.Pipeline;

/// <summary>The credentials of the snapshot in force, for administration: their state, and a test call.</summary>
internal sealed class CredentialRuntime(GatewayRuntime runtime, TimeProvider time) : ICredentialRuntime
{
    private static readonly TimeSpan TestTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The smallest call of each dialect, in the order in which they are tried.</summary>
    private static readonly Operation[] Probes = [Operation.Chat, Operation.Messages, Operation.GenerateContent, Operation.Responses];

    public IReadOnlyList<CredentialStatus> List()
        => [.. runtime.Current.Routes.Providers.SelectMany(provider => provider.Slots.Select(StatusOf))];

    public CredentialStatus? Find(string provider, string name) => SlotOf(provider, name) is { } slot ? StatusOf(slot) : null;

    public bool SetState(string provider, string name, CredentialState state, string? reason)
    {
        if (SlotOf(provider, name) is not { } slot)
        {
            return false;
        }

        slot.Health.Set(state, reason);
        return true;
    }

    public async Task<CredentialTestResult> TestAsync(string provider, string name, string model, CancellationToken cancellationToken)
    {
        var owner = runtime.Current.Routes.Providers.FirstOrDefault(one => one.Name == provider);
        var slot = owner?.Slots.FirstOrDefault(one => one.Name == name);
        model = owner?.Descriptor.Spelling(model) ?? model;
        var operation = owner is null ? null : Array.Find(Probes, one => owner.Serves(one, model));
        if (slot is null || operation is null || owner!.UrlsOf(slot).For(operation, model, "") is not { } path)
        {
            return new CredentialTestResult(false, 0, "The provider serves no operation that a test could call.", 0);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TestTimeout);
        var started = time.GetTimestamp();
        if (slot.Account is { } account && await TokenAsync(account.Token, limit.Token) is null)
        {
            return new CredentialTestResult(false, 0, account.Token.Failure?.Message ?? "No access token came in time.", 0);
        }

        var (status, message) = await CallAsync(owner, slot, operation, path, model, limit.Token);
        return new CredentialTestResult(status is >= 200 and <= 299, status, message, (long)time.GetElapsedTime(started).TotalMilliseconds);
    }

    private static async Task<AccessToken?> TokenAsync(CredentialToken token, CancellationToken cancellationToken)
    {
        try
        {
            return await token.GetAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private static async Task<(int Status, string Message)> CallAsync(
        ProviderRuntime provider, CredentialSlot slot, Operation operation, string path, string model, CancellationToken cancellationToken)
    {
        var head = slot.Heads.Make(path, slot, provider.Provider);
        var body = BodyOf(operation, provider.Config.Type, model);
        body = operation.Dialect == Dialect.AnthropicMessages && provider.AnthropicVersion is { } inBody ? ClaudeEnvelope.Wrapped(body, inBody) : body;
        var version = operation.Dialect == Dialect.AnthropicMessages && provider.AnthropicVersion is null ? $"anthropic-version: {HeaderPolicy.DefaultAnthropicVersion}\r\n" : "";
        byte[] request = [.. head.Whole!, .. Encoding.ASCII.GetBytes($"{version}content-length: {body.Length}\r\n\r\n"), .. body];
        if (await slot.Pool.ConnectAsync(cancellationToken) is not { } upstream)
        {
            return (0, "No connection could be made.");
        }

        using (upstream)
        {
            using var abort = cancellationToken.Register(upstream.Abort);
            _ = await upstream.SendAsync(request);
            var status = await upstream.ReadHeadAsync();
            if (status < 0)
            {
                return (0, upstream.Failure == TransportFailure.Aborted ? "No answer came in time." : "The connection broke off before an answer.");
            }

            if (status is >= 200 and <= 299)
            {
                return (status, "The credential is accepted.");
            }

            var headers = new RetainedHeaders(upstream);
            while (!upstream.BodyComplete && await upstream.ReadBodyAsync() > 0)
            {
            }

            // Kind and code only: a vendor's words may name the account.
            var failure = provider.Provider.Classify(status, headers, upstream.Body, DateTimeOffset.MinValue);
            return (status, $"The vendor refused the call: {Words(failure)}.");
        }
    }

    private static string Words(in UpstreamFailure failure)
        => failure.Code.Length > 0 ? $"{JsonNamingPolicy.SnakeCaseLower.ConvertName(failure.Kind.ToString())} ({failure.Code})" : JsonNamingPolicy.SnakeCaseLower.ConvertName(failure.Kind.ToString());

    /// <summary>A word in, at most sixteen tokens out, which is the least that OpenAI accepts.</summary>
    private static byte[] BodyOf(Operation operation, string providerType, string model)
    {
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

    private CredentialSlot? SlotOf(string provider, string name)
        => runtime.Current.Routes.Providers.FirstOrDefault(one => one.Name == provider)?.Slots.FirstOrDefault(slot => slot.Name == name);

    private CredentialStatus StatusOf(CredentialSlot slot)
    {
        var now = time.GetTimestamp();
        var health = slot.Health;
        return new CredentialStatus(slot.Provider, slot.Name, slot.StateAt(now))
        {
            Until = slot.RestsUntil(now) is var until && until > now ? time.GetUtcNow() + time.GetElapsedTime(now, until) : null,
            Reason = slot.ReasonAt(now),
            InFlight = health.InFlight,
            ConsecutiveErrors = health.ConsecutiveErrors,
            LastError = health.LastError,
        };
    }
}
