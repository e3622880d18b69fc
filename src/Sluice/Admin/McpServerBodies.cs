using System.Text.Json.Serialization;
using Sluice.Admin.Http;

namespace Sluice.Admin;

/// <summary>An MCP server of the configuration and how it stands; addresses, commands and secrets are not shown.</summary>
internal sealed record McpServerItem : IListItem
{
    public required string Id { get; init; }
    public required string Name { get; init; }

    /// <summary>http, sse or stdio.</summary>
    public required string Transport { get; init; }

    /// <summary>connecting, ready or down.</summary>
    public required string State { get; init; }

    /// <summary>Why it is down; null otherwise.</summary>
    public string? Reason { get; init; }

    public required DateTimeOffset Since { get; init; }

    /// <summary>The revision of the protocol that it speaks; null until it was reached once.</summary>
    public string? ProtocolVersion { get; init; }

    /// <summary>When its lists were last read; null for never.</summary>
    public DateTimeOffset? ListedAt { get; init; }

    /// <summary>What a call of one of its tools costs, in billionths of a US dollar.</summary>
    public required long PriceNanoUsd { get; init; }

    public required IReadOnlyList<McpToolItem> Tools { get; init; }
    public required IReadOnlyList<McpToolItem> Prompts { get; init; }

    /// <summary>How many resources and templates it lists.</summary>
    public required int Resources { get; init; }

    [JsonIgnore]
    public long Position { get; init; }
}

/// <param name="Name">The server's own name, as permissions of keys have it.</param>
/// <param name="Shown">The name that clients see and call.</param>
internal sealed record McpToolItem(string Name, string Shown);
