namespace Sluice.Protocol.Canonical;

/// <summary>Who speaks in a message.</summary>
public enum Role
{
    /// <summary>The operator of the application, in models that know one such voice.</summary>
    System,

    /// <summary>The developer, whom newer OpenAI models keep apart from <see cref="System"/>; the same thing elsewhere.</summary>
    Developer,

    /// <summary>The user.</summary>
    User,

    /// <summary>The model.</summary>
    Assistant,

    /// <summary>
    /// The results of tool calls, and nothing else. Dialects that put results into user turns are read as a message of this
    /// role and one of <see cref="User"/>, and written back as one turn.
    /// </summary>
    Tool,
}
