using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Sluice.TestKit.Gateway;

/// <summary>The text of a <c>sluice.yaml</c>, one line for each provider, model and key.</summary>
public sealed class SluiceConfigBuilder
{
    private readonly List<string> _server = [];
    private readonly List<string> _providers = [];
    private readonly List<string> _models = [];
    private readonly List<string> _keys = [];
    private readonly List<string> _limits = [];
    private readonly List<string> _mcp = [];
    private readonly List<string> _mcpServers = [];

    /// <summary>A setting under <c>server</c>; the value as YAML.</summary>
    public SluiceConfigBuilder Server(string name, string value)
    {
        _server.Add($"{name}: {value}");
        return this;
    }

    /// <summary>A provider with one credential named <c>k1</c>, whose key is <see cref="UpstreamKey"/>.</summary>
    /// <param name="name">The provider's name.</param>
    /// <param name="type">Its type, such as <c>openai</c>.</param>
    /// <param name="baseUrl">What the vendor's own SDK would take.</param>
    /// <param name="more">Further members as YAML, such as <c>timeouts: { idle: 1s }</c>.</param>
    public SluiceConfigBuilder Provider(string name, string type, string baseUrl, string more = "")
        => Provider(name, type, baseUrl, [Credential("k1", UpstreamKey(name))], more);

    /// <summary>The service's own simulator, in its process.</summary>
    public SluiceConfigBuilder Simulator(string name)
    {
        _providers.Add($"{{ name: {Quote(name)}, type: simulator }}");
        return this;
    }

    /// <summary>A provider with the given credentials, each as <see cref="Credential"/> wrote it.</summary>
    public SluiceConfigBuilder Provider(string name, string type, string baseUrl, IEnumerable<string> credentials, string more = "")
    {
        _providers.Add(
            $"{{ name: {Quote(name)}, type: {Quote(type)}, base_url: {Quote(baseUrl)}, " +
            $"credentials: [ {string.Join(", ", credentials)} ]{(more.Length > 0 ? ", " + more : "")} }}");
        return this;
    }

    /// <summary>A credential of a provider.</summary>
    public static string Credential(string name, string apiKey, string more = "")
        => $"{{ name: {Quote(name)}, api_key: {Quote(apiKey)}{(more.Length > 0 ? ", " + more : "")} }}";

    /// <summary>The secret that a provider of that name sends upstream; recognisable, so that a leak can be searched for.</summary>
    public static string UpstreamKey(string provider) => $"sk-upstream-canary-{provider}";

    /// <summary>A model with targets, each as <see cref="Target"/> wrote it.</summary>
    public SluiceConfigBuilder Model(string name, params IEnumerable<string> targets)
    {
        _models.Add($"{{ name: {Quote(name)}, targets: [ {string.Join(", ", targets)} ] }}");
        return this;
    }

    /// <summary>A target of a model.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="model">The vendor's model id.</param>
    /// <param name="priority">1 is tried first.</param>
    /// <param name="price">Members of <c>price</c> as YAML; empty leaves the target unpriced.</param>
    public static string Target(string provider, string model, int priority = 1, string price = "")
        => $"{{ provider: {Quote(provider)}, model: {Quote(model)}, priority: {priority.ToString(CultureInfo.InvariantCulture)}" +
            $"{(price.Length > 0 ? $", price: {{ {price} }}" : "")} }}";

    /// <summary>A client's key.</summary>
    /// <param name="name">Its name in usage records.</param>
    /// <param name="key">Its text.</param>
    /// <param name="models">Names or patterns; none means all.</param>
    /// <param name="limits">Members of <c>limits</c> as YAML.</param>
    /// <param name="budget">Members of <c>budget</c> as YAML, such as <c>usd: 1, per: total</c>.</param>
    /// <param name="mcp">Tools of MCP servers; none when absent.</param>
    public SluiceConfigBuilder Key(string name, string key, IEnumerable<string>? models = null, string limits = "", string budget = "", IEnumerable<string>? mcp = null)
    {
        var list = string.Join(", ", (models ?? ["*"]).Select(Quote));
        _keys.Add(
            $"{{ name: {Quote(name)}, key: {Quote(key)}, models: [{list}]" +
            $"{(limits.Length > 0 ? $", limits: {{ {limits} }}" : "")}{(budget.Length > 0 ? $", budget: {{ {budget} }}" : "")}" +
            $"{(mcp is null ? "" : $", mcp: [{string.Join(", ", mcp.Select(Quote))}]")} }}");
        return this;
    }

    /// <summary>An MCP server over streamable HTTP, with <see cref="UpstreamKey"/> as its key.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="url">Its endpoint.</param>
    /// <param name="more">Further members as YAML, such as <c>timeout: 1s</c>.</param>
    public SluiceConfigBuilder McpServer(string name, string url, string more = "")
    {
        _mcpServers.Add($"{{ name: {Quote(name)}, url: {Quote(url)}, api_key: {Quote(UpstreamKey(name))}{(more.Length > 0 ? ", " + more : "")} }}");
        return this;
    }

    /// <summary>A setting under <c>mcp</c>; the value as YAML.</summary>
    public SluiceConfigBuilder Mcp(string name, string value)
    {
        _mcp.Add($"{name}: {value}");
        return this;
    }

    /// <summary>A rule under <c>limits</c>, its members as YAML.</summary>
    public SluiceConfigBuilder Limit(string rule)
    {
        _limits.Add($"{{ {rule} }}");
        return this;
    }

    public string ToYaml()
    {
        var text = new StringBuilder();
        if (_server.Count > 0)
        {
            text.AppendLine("server:");
            _server.ForEach(line => text.AppendLine(CultureInfo.InvariantCulture, $"  {line}"));
        }

        Section(text, "providers", _providers);
        Section(text, "models", _models);
        Section(text, "keys", _keys);
        Section(text, "limits", _limits);
        if (_mcpServers.Count > 0)
        {
            text.AppendLine("mcp:");
            _mcp.ForEach(line => text.AppendLine(CultureInfo.InvariantCulture, $"  {line}"));
            text.AppendLine("  servers:");
            _mcpServers.ForEach(line => text.AppendLine(CultureInfo.InvariantCulture, $"    - {line}"));
        }

        return text.ToString();
    }

    private static void Section(StringBuilder text, string name, List<string> items)
    {
        if (items.Count == 0)
        {
            return;
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"{name}:");
        items.ForEach(item => text.AppendLine(CultureInfo.InvariantCulture, $"  - {item}"));
    }

    private static string Quote(string text) => JsonSerializer.Serialize(text);
}
