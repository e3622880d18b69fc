using Sluice.Protocol.Json;

namespace Sluice.Protocol.Canonical;

/// <summary>
/// Reads the members that tools and answer forms have in every dialect that has them. Each answers false, and reads nothing,
/// for a member that is the dialect's own.
/// </summary>
internal static class CommonMembers
{
    /// <summary>Reads name, description, strictness or schema of a tool whose arguments are JSON.</summary>
    /// <param name="cursor">Stands at the member's value.</param>
    /// <param name="name">The member.</param>
    /// <param name="schemaMember">What the dialect calls the schema.</param>
    /// <param name="tool">The tool so far.</param>
    public static bool TryRead(ref JsonCursor cursor, string name, string schemaMember, ref FunctionTool tool)
    {
        switch (name)
        {
            case "name":
                tool = tool with { Name = cursor.ReadString() };
                return true;
            case "description":
                tool = tool with { Description = cursor.ReadStringOrNull() };
                return true;
            case "strict":
                tool = tool with { Strict = cursor.ReadFlagOrNull() };
                return true;
            default:
                if (name != schemaMember || cursor.IsNull)
                {
                    return false;
                }

                tool = tool with { Schema = cursor.ReadRaw() };
                return true;
        }
    }

    /// <summary>Reads name, description or format of a tool that takes free text.</summary>
    /// <param name="cursor">Stands at the member's value.</param>
    /// <param name="name">The member.</param>
    /// <param name="tool">The tool so far.</param>
    public static bool TryRead(ref JsonCursor cursor, string name, ref CustomTool tool)
    {
        switch (name)
        {
            case "name":
                tool = tool with { Name = cursor.ReadString() };
                return true;
            case "description":
                tool = tool with { Description = cursor.ReadStringOrNull() };
                return true;
            case "format" when !cursor.IsNull:
                tool = tool with { Format = cursor.ReadRaw() };
                return true;
            default:
                return false;
        }
    }

    /// <summary>Reads name, description, strictness or schema of the form that an answer is to have.</summary>
    /// <param name="cursor">Stands at the member's value.</param>
    /// <param name="name">The member.</param>
    /// <param name="format">The form so far.</param>
    public static bool TryRead(ref JsonCursor cursor, string name, ref OutputFormat format)
    {
        switch (name)
        {
            case "name":
                format = format with { Name = cursor.ReadStringOrNull() };
                return true;
            case "description":
                format = format with { Description = cursor.ReadStringOrNull() };
                return true;
            case "schema" when !cursor.IsNull:
                format = format with { Schema = cursor.ReadRaw() };
                return true;
            case "strict":
                format = format with { Strict = cursor.ReadFlagOrNull() };
                return true;
            default:
                return false;
        }
    }
}
