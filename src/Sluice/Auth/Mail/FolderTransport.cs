using System.Globalization;
using System.Security.Cryptography;

namespace Sluice.Auth.Mail;

/// <summary>Writes each mail as a file of a folder: for a mail system that picks them up, and for trying out.</summary>
internal sealed class FolderTransport(string folder, string from, TimeProvider time) : IMailTransport
{
    public async Task SendAsync(Mail mail, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var now = time.GetUtcNow();
        var name = now.ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture) + "-" + RandomNumberGenerator.GetHexString(8, lowercase: true) + ".eml";
        var text = $"From: {from}\r\nTo: {mail.To}\r\nSubject: {mail.Subject}\r\nDate: {now.ToString("r", CultureInfo.InvariantCulture)}\r\n"
            + "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + mail.Text.ReplaceLineEndings("\r\n");

        // Moved into place, so that nobody picks up half a mail.
        var draft = Path.Combine(folder, "." + name);
        await File.WriteAllTextAsync(draft, text, cancellationToken);
        File.Move(draft, Path.Combine(folder, name));
    }
}
