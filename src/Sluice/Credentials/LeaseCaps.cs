using Sluice.Configuration;
using Sluice.Protocol;

namespace Sluice.Credentials;

/// <summary>How many calls a credential may have at the same time; 0 for no limit.</summary>
/// <param name="All">Of every kind together.</param>
/// <param name="Image">Of those that make images.</param>
/// <param name="Video">Of those that make videos.</param>
internal readonly record struct LeaseCaps(int All, int Image = 0, int Video = 0)
{
    public static LeaseCaps Of(CredentialConfig config) => new(config.MaxConcurrency, config.ImageConcurrency, config.VideoConcurrency);

    public int For(CallKind kind) => kind switch
    {
        CallKind.Image => Image,
        CallKind.Video => Video,
        _ => 0,
    };
}

/// <summary>The calls of a credential by kind, in one word, so that all bounds are checked and one call added in one step.</summary>
internal static class LeaseCounts
{
    /// <summary>Two million calls of a kind: more than a process can hold open.</summary>
    private const int Bits = 21;

    private const long Mask = (1L << Bits) - 1;

    public static long One(CallKind kind) => 1L << (Bits * (int)kind);

    public static int Of(long counts, CallKind kind) => (int)(counts >> (Bits * (int)kind) & Mask);

    public static int Total(long counts) => Of(counts, CallKind.Text) + Of(counts, CallKind.Image) + Of(counts, CallKind.Video);
}
