using System.Text.Json;
using Sluice.Admin.Http;
using Sluice.Auth;
using Sluice.Credentials.Import;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Admin;

/// <summary><c>POST /api/admin/credentials/import</c>: many at once, with a result for each.</summary>
internal sealed class CredentialImportEndpoints(ICredentialImport import, IConfigurationSource configuration)
{
    private const int MostFiles = 1000;

    public void Map(IEndpointRouteBuilder routes)
        => routes.MapAdministrators("/api/admin/credentials", "Credentials")
            .MapOperation("POST", "/import", "Add many credentials; each is created, a duplicate, or refused by itself", ImportAsync)
            .Takes<ImportCredentialsBody>().Answers<ImportedCredentialsItem>();

    private async Task ImportAsync(HttpContext context)
    {
        if (await context.ReadJsonAsync(AdminJson.Default.ImportCredentialsBody) is not { } body)
        {
            return;
        }

        var check = new BodyCheck();
        check.Exists("provider", body.Provider, [.. configuration.Current.Config.Providers.Select(provider => provider.Name)]);
        var request = new CredentialImportRequest(body.Provider ?? "", Sources(check, body))
        {
            Weight = check.Number("weight", body.Weight, 1),
            MaxConcurrency = check.Number("max_concurrency", body.MaxConcurrency, 0),
            ImageConcurrency = check.Number("image_concurrency", body.ImageConcurrency, 0),
            VideoConcurrency = check.Number("video_concurrency", body.VideoConcurrency, 0),
            Tags = check.Tags(body.Tags) ?? [],
            Proxy = check.Proxy(body.Proxy),
            DryRun = body.DryRun,
        };
        if (await context.IsRefusedAsync(check))
        {
            return;
        }

        if (await import.ImportAsync(request, context.RequestAborted) is not { } results)
        {
            await context.WriteProblemAsync(AdminErrors.NotFound);
            return;
        }

        int Count(ImportStatus status) => results.Count(result => result.Status == status);
        await context.WriteJsonAsync(
            new ImportedCredentialsItem(
                request.Provider, request.DryRun, Count(ImportStatus.Created), Count(ImportStatus.Duplicate), Count(ImportStatus.Refused), Count(ImportStatus.Skipped),
                [.. results.Select(result => new ImportedCredentialItem(result.Where, result.Name, JsonNamingPolicy.SnakeCaseLower.ConvertName(result.Status.ToString()), result.Message, result.Id))]),
            AdminJson.Default.ImportedCredentialsItem);
    }

    private static List<ImportSource> Sources(BodyCheck check, ImportCredentialsBody body)
    {
        var sources = new List<ImportSource>();
        if (!string.IsNullOrWhiteSpace(body.Text))
        {
            sources.Add(new ImportSource("", body.Text));
        }

        if (body.Files?.Count > MostFiles)
        {
            check.Refuse("files", $"must have at most {MostFiles} files");
            return sources;
        }

        for (var i = 0; i < body.Files?.Count; i++)
        {
            if (body.Files[i] is { Name.Length: > 0, Content: { } content } file)
            {
                sources.Add(new ImportSource(
                    Path.GetFileName(check.Name($"files[{i}].name", file.Name)), content.ValueKind == JsonValueKind.String ? content.GetString()! : content.GetRawText()));
            }
            else
            {
                check.Refuse($"files[{i}]", "must have a 'name' and a 'content'");
            }
        }

        if (sources.Count == 0 && check.IsGood)
        {
            check.Refuse("text", "is missing, and there are no 'files' either");
        }

        return sources;
    }
}
