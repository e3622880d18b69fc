using System.Security.Cryptography;

namespace Sluice.Configuration;

/// <summary>
/// What a file looked like: enough to tell whether it was changed, replaced by a rename, or swapped by a symbolic link (as
/// Kubernetes does with mounted settings).
/// </summary>
internal sealed class FileStamp
{
    // A file written twice within one tick of the file system's clock has the same time and may have the same length; while its
    // last write is this young, its content is compared too.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);

    private readonly string? _target;
    private readonly long _length;
    private readonly DateTime _written;
    private readonly byte[] _hash;

    private FileStamp(string path, string? target, long length, DateTime written, byte[] hash)
        => (Path, _target, _length, _written, _hash) = (path, target, length, written, hash);

    public string Path { get; }

    public static FileStamp Take(string path)
    {
        var (target, length, written) = Look(path);
        return new FileStamp(path, target, length, written, length < 0 ? [] : Hash(path));
    }

    /// <summary>The new stamp when the content is another one; null when it is the same.</summary>
    public FileStamp? IfChanged(DateTimeOffset now)
    {
        var (target, length, written) = Look(Path);
        if (target == _target && length == _length && written == _written && now.UtcDateTime - written > Settled)
        {
            return null;
        }

        var hash = length < 0 ? [] : Hash(Path);
        return hash.AsSpan().SequenceEqual(_hash) ? null : new FileStamp(Path, target, length, written, hash);
    }

    private static (string? Target, long Length, DateTime Written) Look(string path)
    {
        try
        {
            var file = new FileInfo(path);
            var target = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo;
            var real = target ?? file;
            return real.Exists ? (target?.FullName, real.Length, real.LastWriteTimeUtc) : (null, -1, default);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, -1, default);
        }
    }

    private static byte[] Hash(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return SHA256.HashData(stream);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
