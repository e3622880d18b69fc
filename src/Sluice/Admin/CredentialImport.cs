using System.Globalization;
using System.Text.Json;
using Sluice.Admin.Overlay;
using Sluice.Configuration;
using Sluice.Credentials.Import;
using Sluice.Storage;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Admin;

/// <summary>Adds many credentials to a provider in one change of the configuration; each entry is judged by itself.</summary>
internal sealed class CredentialImport(ConfigurationChanges changes, ConfigurationStore store, IConfigurationSource configuration, TimeProvider time)
    : ICredentialImport
{
    /// <summary>Someone else may change the configuration at the same moment; then the import is judged anew.</summary>
    private const int Attempts = 3;

    public async Task<IReadOnlyList<ImportResult>?> ImportAsync(CredentialImportRequest request, CancellationToken cancellationToken)
    {
        var entries = ImportReader.Read(request.Sources);
        for (var attempt = 1; ; attempt++)
        {
            if (configuration.Current.Config.Providers.FirstOrDefault(one => one.Name == request.Provider) is not { } provider)
            {
                return null;
            }

            var rows = changes.Rows;
            var plan = new Plan(request, provider, rows, time.GetUtcNow());
            var results = entries.Select(plan.Judge).ToList();
            if (request.DryRun || plan.Credentials.Count == 0)
            {
                return request.DryRun ? [.. results.Select(result => result with { Id = null })] : results;
            }

            // Newest first, as the list has them.
            var errors = await changes.ApplyAsync(
                now => ReferenceEquals(now, rows) ? now with { Credentials = [.. Enumerable.Reverse(plan.Credentials), .. now.Credentials] } : null,
                connection => plan.Credentials.ForEach(credential => store.Insert(connection, credential)),
                cancellationToken);
            if (errors is { Count: 0 })
            {
                return results;
            }

            if (errors is not null || attempt == Attempts)
            {
                var why = errors is { Count: > 0 } ? $"the configuration as a whole is not valid: {errors[0].Message}" : "someone else was changing the configuration; try again";
                return [.. results.Select(result => result.Status == ImportStatus.Created ? result with { Status = ImportStatus.Refused, Message = why, Id = null } : result)];
            }
        }
    }

    /// <summary>What would be added to one provider.</summary>
    private sealed class Plan
    {
        private readonly CredentialImportRequest _request;
        private readonly ProviderConfig _provider;
        private readonly DateTimeOffset _now;
        private readonly HashSet<string> _names;
        private readonly Dictionary<Secret, string> _secrets = [];

        public Plan(CredentialImportRequest request, ProviderConfig provider, StoredConfiguration rows, DateTimeOffset now)
        {
            (_request, _provider, _now) = (request, provider, now);
            _names = [.. provider.Credentials.Select(one => one.Name), .. rows.Credentials.Where(row => row.Provider == provider.Name).Select(row => row.Name)];
            foreach (var one in provider.Credentials)
            {
                _secrets.TryAdd(one.ServiceAccountJson.IsEmpty ? one.ApiKey : one.ServiceAccountJson, one.Name);
            }
        }

        public List<StoredCredential> Credentials { get; } = [];

        public ImportResult Judge(ImportEntry entry)
        {
            if (entry.Fault is { } fault)
            {
                return new ImportResult(entry.Where, entry.Name, entry.IsSkipped ? ImportStatus.Skipped : ImportStatus.Refused, fault);
            }

            var secret = new Secret(entry.ServiceAccount.Length > 0 ? entry.ServiceAccount : entry.ApiKey);
            var refusal = entry.ServiceAccount.Length > 0 ? FaultOfKeyFile(entry.ServiceAccount) : FaultOfKey(entry);
            var check = new BodyCheck();
            var credential = new StoredCredential(0, RandomId.Create("cred_"), _provider.Name, entry.Name.Length > 0 ? check.Name("name", entry.Name) : FreeName(), _now)
            {
                ApiKey = entry.ServiceAccount.Length > 0 ? default : check.Secret("api_key", entry.ApiKey),
                ServiceAccountJson = entry.ServiceAccount.Length > 0 ? secret : default,
                Weight = check.Number("weight", entry.Weight, _request.Weight),
                MaxConcurrency = check.Number("max_concurrency", entry.MaxConcurrency, _request.MaxConcurrency),
                ImageConcurrency = check.Number("image_concurrency", entry.ImageConcurrency, _request.ImageConcurrency),
                VideoConcurrency = check.Number("video_concurrency", entry.VideoConcurrency, _request.VideoConcurrency),
                Tags = [.. _request.Tags.Union(check.Tags([.. entry.Tags]) ?? [])],
                Proxy = check.Proxy(entry.Proxy ?? _request.Proxy),
            };
            refusal ??= check.IsGood ? null : $"'{check.Errors[0].Field}' {check.Errors[0].Message}";
            if (refusal is not null)
            {
                return new ImportResult(entry.Where, entry.Name, ImportStatus.Refused, refusal);
            }

            if (_secrets.TryGetValue(secret, out var same))
            {
                return new ImportResult(entry.Where, entry.Name, ImportStatus.Duplicate, $"the same secret as '{same}'");
            }

            if (!_names.Add(credential.Name))
            {
                return new ImportResult(entry.Where, entry.Name, ImportStatus.Refused, $"there is a credential of the name '{credential.Name}' already, with another secret");
            }

            _secrets.Add(secret, credential.Name);
            Credentials.Add(credential);
            return new ImportResult(entry.Where, credential.Name, ImportStatus.Created, "", credential.Id);
        }

        private string? FaultOfKeyFile(string text)
        {
            using var json = JsonDocument.Parse(text, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            return GoogleKeyFile.FaultOf(json.RootElement)
                ?? (_provider.Type == "vertex" ? null : $"is a service account's key file, and the provider '{_provider.Name}' is of type {_provider.Type}, which takes API keys");
        }

        /// <summary>A key that its owner ties to another place must not be sent to this one.</summary>
        private string? FaultOfKey(ImportEntry entry)
        {
            if (entry.BaseUrl.Length == 0)
            {
                return null;
            }

            return Uri.TryCreate(entry.BaseUrl, UriKind.Absolute, out var theirs) && Uri.TryCreate(_provider.BaseUrl, UriKind.Absolute, out var ours)
                && Uri.Compare(theirs, ours, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0
                    ? null
                    : $"names an origin other than that of the provider '{_provider.Name}'";
        }

        private string FreeName()
        {
            for (var number = _names.Count + 1; ; number++)
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"k{number}");
                if (!_names.Contains(name))
                {
                    return name;
                }
            }
        }
    }
}
