namespace Sluice.Chaos.Load;

/// <summary>How a call ended for its client.</summary>
internal enum CallOutcome
{
    /// <summary>Still in flight, or never sent.</summary>
    Unknown,

    /// <summary>The answer came whole, to the terminal event or the body's end. Only this one must be billed exactly.</summary>
    Ended,

    /// <summary>An error in the dialect's form.</summary>
    Refused,

    /// <summary>The connection was refused or broke off.</summary>
    Broken,

    /// <summary>The client went away, as planned.</summary>
    Left,

    /// <summary>A whole answer that is not the one that was asked for.</summary>
    Wrong,
}
