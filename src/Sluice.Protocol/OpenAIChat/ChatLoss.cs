using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.OpenAIChat;

/// <summary>How to name parts of an answer that Chat can not show.</summary>
internal static class ChatLoss
{
    public static string NameOf(ServerToolKind tool) => tool switch
    {
        ServerToolKind.WebSearch => "web_search_call",
        ServerToolKind.WebFetch => "web_fetch_call",
        ServerToolKind.CodeExecution => "code_execution_call",
        ServerToolKind.FileSearch => "file_search_call",
        ServerToolKind.ImageGeneration => "image_generation_call",
        ServerToolKind.Mcp => "mcp_call",
        ServerToolKind.ComputerUse => "computer_call",
        _ => "server_tool_call",
    };
}
