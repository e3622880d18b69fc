using System.Text.Json;
using Sluice.Admin.Overlay;
using Sluice.Configuration;
using Sluice.Credentials;
using Sluice.Storage;
using Sluice.Usage;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Admin;

/// <summary>Puts together what is shown of credentials: what they are, how they fare, what was done with them.</summary>
internal sealed class CredentialItems(
    ConfigurationChanges changes, IConfigurationSource configuration, ICredentialRuntime runtime, CredentialUsageReader usage)
{
    private static readonly CredentialUsageItem Unused = new(0, 0, 0, 0, 0);

    /// <summary>Every credential, newest first; those of the file last.</summary>
    public List<CredentialItem> All()
    {
        var rows = changes.Rows;
        var used = usage.Read();
        var states = runtime.List().ToDictionary(status => (status.Provider, status.Name));
        var items = rows.Credentials.Select(row => Item(row.Id, row.Provider, row.ToConfig(), row.Position) with
        {
            CreatedAt = row.CreatedAt,
            Reason = row.IsUnreadable ? "its secret cannot be decrypted: give it a new one, or restore the database from a backup" : ReasonOf(row.Provider, row.Name),
        }).ToList();
        var others = from provider in configuration.Current.Config.Providers
                     from credential in provider.Credentials
                     where credential.Origin != ConfigOrigin.Database
                     select (provider.Name, credential);
        items.AddRange(others.Select((other, i) => Item(IdOf(other.Name, other.credential.Name), other.Name, other.credential, -1 - i) with
        {
            Reason = ReasonOf(other.Name, other.credential.Name),
        }));
        return items;

        string? ReasonOf(string provider, string name)
            => states.TryGetValue((provider, name), out var status) ? status.Reason : "its provider is not configured, or not served in this version";

        CredentialItem Item(string id, string provider, CredentialConfig credential, long position)
        {
            var status = states.GetValueOrDefault((provider, credential.Name));
            var state = rows.Switches.TryGetValue((provider, credential.Name), out var byHand)
                ? byHand == CredentialSwitch.Draining ? CredentialState.Draining : CredentialState.Disabled
                : status?.State ?? CredentialState.Disabled;
            var sums = used.GetValueOrDefault((provider, credential.Name));
            return new CredentialItem
            {
                Id = id,
                Name = credential.Name,
                Provider = provider,
                Kind = !credential.ApiKey.IsEmpty ? "api_key"
                    : !credential.ServiceAccountJson.IsEmpty || credential.ServiceAccountFile.Length > 0 ? "service_account"
                    : "none",
                State = Spelling.Of(state),
                Until = status?.Until,
                ProbeAt = status?.ProbeAt,
                Weight = credential.Weight,
                MaxConcurrency = credential.MaxConcurrency,
                ImageConcurrency = credential.ImageConcurrency,
                VideoConcurrency = credential.VideoConcurrency,
                Tags = credential.Tags,
                Proxy = WithoutUser(credential.Proxy),
                InFlight = status?.InFlight ?? 0,
                ConsecutiveErrors = status?.ConsecutiveErrors ?? 0,
                LastError = status?.LastError,
                Windows = [.. (status?.Windows ?? []).Select(window => new QuotaWindowItem(
                    JsonNamingPolicy.SnakeCaseLower.ConvertName(window.Kind.ToString()), window.Limit, window.Remaining, window.ResetsAt))],
                Balance = status?.Balance is { } balance ? new BalanceItem(balance.Amount, balance.Currency) : null,
                Usage = sums is null ? Unused : new(sums.Calls, sums.Failed, sums.Unpriced, sums.InputTokens, sums.OutputTokens),
                CostNanoUsd = sums?.CostNanoUsd ?? 0,
                Origin = Spelling.Of(credential.Origin),
                Position = position,
            };
        }
    }

    /// <summary>Credentials that have no row are known by their provider's name and their own.</summary>
    public static string IdOf(string provider, string name) => RandomId.Derive("cred_", provider, name);

    private static string WithoutUser(string proxy)
        => Uri.TryCreate(proxy, UriKind.Absolute, out var url) && url.UserInfo.Length > 0
            ? new UriBuilder(url) { UserName = "", Password = "" }.Uri.ToString().TrimEnd('/')
            : proxy;
}
