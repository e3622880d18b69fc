using System.Net;

namespace Sluice.Limits;

/// <summary>Whom a call counts for.</summary>
/// <param name="Own">The limits of the caller's own key.</param>
/// <param name="KeyId">The key's id, by which it is counted.</param>
/// <param name="KeyName">The key's name, by which rules find it.</param>
/// <param name="User">The owner's id; null for keys without an owner.</param>
/// <param name="Model">The model as the client asked for it.</param>
/// <param name="Address">The other end of the client's connection; null where it has none.</param>
internal readonly record struct CallSubjects(SubjectLimiter Own, string KeyId, string KeyName, string? User, string Model, IPAddress? Address);
