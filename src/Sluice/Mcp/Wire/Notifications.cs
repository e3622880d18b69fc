namespace Sluice.Mcp.Wire;

/// <summary>Methods of notifications.</summary>
internal static class Notifications
{
    public const string Initialized = "notifications/initialized";
    public const string Cancelled = "notifications/cancelled";
    public const string Progress = "notifications/progress";
    public const string Log = "notifications/message";
    public const string ToolsChanged = "notifications/tools/list_changed";
    public const string PromptsChanged = "notifications/prompts/list_changed";
    public const string ResourcesChanged = "notifications/resources/list_changed";
    public const string SubscriptionAcknowledged = "notifications/subscriptions/acknowledged";
}
