namespace Sluice.Auth;

/// <summary>Finds callers by name, for people: explaining a route, showing a key.</summary>
internal interface ICallerDirectory
{
    /// <summary>The live key of that id or name; null when there is none. Looks through all keys.</summary>
    Caller? FindByName(string idOrName);
}
