using Sluice.Auth;
using Sluice.Configuration;
using Sluice.Limits;

namespace Sluice.Realtime;

/// <summary>What bounds every session.</summary>
/// <param name="Server">Sizes and times, as they were when the session was opened.</param>
/// <param name="Callers">Tells when any key has changed.</param>
/// <param name="Keys">Finds the session's key again.</param>
/// <param name="Limiters">Tells whether tokens are left.</param>
/// <param name="Time">The clock.</param>
internal sealed record SessionRules(ServerConfig Server, ICallerRegistry Callers, ICallerDirectory Keys, LimiterSet Limiters, TimeProvider Time);
