namespace Sluice.Protocol.Canonical;

/// <summary>One turn of a conversation.</summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Content">What is said, in order.</param>
public sealed record ChatMessage(Role Role, IReadOnlyList<ContentBlock> Content)
{
    /// <summary>The speaker's name (OpenAI Chat); null elsewhere.</summary>
    public string? Name { get; init; }

    /// <summary>The vendor's id of the message (Responses items); null elsewhere.</summary>
    public string? Id { get; init; }

    /// <summary>
    /// True for a system text that holds for this call and is no part of the conversation that a vendor keeps (Responses
    /// <c>instructions</c>).
    /// </summary>
    public bool ThisCallOnly { get; init; }

    /// <summary>Members that the model does not know.</summary>
    public IReadOnlyList<Extension> Extensions { get; init; } = [];
}
