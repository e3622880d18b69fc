using System.Text.Json;
using Sluice.Telemetry;

namespace Sluice.Mcp.Wire;

/// <summary>How Sluice names itself, to clients and to servers.</summary>
internal static class Implementation
{
    /// <summary>Writes the members of <c>clientInfo</c> or <c>serverInfo</c>.</summary>
    public static void Write(Utf8JsonWriter json)
    {
        json.WriteString("name", "sluice");
        json.WriteString("version", BuildInfo.Version);
    }
}
