namespace Sluice.Protocol.Canonical;

/// <summary>A member that the canonical model does not know. It never crosses into another dialect.</summary>
/// <param name="Owner">The dialect in which it came; its writer puts it back where it stood.</param>
/// <param name="Name">The member's name, unescaped.</param>
/// <param name="Value">The member's value as it came.</param>
public sealed record Extension(Owner Owner, string Name, RawJson Value);
