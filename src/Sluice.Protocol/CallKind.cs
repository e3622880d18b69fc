namespace Sluice.Protocol;

/// <summary>What a call makes, as far as vendors bound it by itself: an account may take many chats and few videos at a time.</summary>
public enum CallKind : byte
{
    /// <summary>Text, embeddings, counts: whatever is neither of the others.</summary>
    Text,
    Image,
    Video,
}
