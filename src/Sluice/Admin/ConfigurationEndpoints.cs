using Sluice.Admin.Http;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Admin;

/// <summary><c>/api/admin/config</c>: the settings in force with their origin, and the order to read them again.</summary>
internal sealed class ConfigurationEndpoints(IConfigurationSource configuration, AdministrationOptions options, IServiceProvider services)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapAdministrators("/api/admin/config", "Configuration");
        group.MapOperation("GET", "", "Show the settings in force with their origin", GetAsync).Answers<ConfigurationItem>();
        group.MapOperation("POST", "/reload", "Read file and database again", ReloadAsync).Answers<ReloadedItem>();
    }

    private Task GetAsync(HttpContext context)
    {
        var settings = options.Settings(services).Select(setting => new SettingItem(
            setting.Path,
            setting.Value,
            Spelling.Of(setting.Origin),
            setting.Source.Length == 0 ? null : setting.Source,
            setting.Line == 0 ? null : setting.Line));
        return context.WriteJsonAsync(new ConfigurationItem(configuration.Current.Generation, [.. settings]), AdminJson.Default.ConfigurationItem);
    }

    private async Task ReloadAsync(HttpContext context)
    {
        var errors = await configuration.ReloadAsync(context.RequestAborted);
        if (!await context.IsRefusedAsync(errors))
        {
            await context.WriteJsonAsync(new ReloadedItem(configuration.Current.Generation), AdminJson.Default.ReloadedItem);
        }
    }
}
