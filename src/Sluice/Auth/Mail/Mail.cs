namespace Sluice.Auth.Mail;

/// <summary>A mail to one person, in plain text.</summary>
internal sealed record Mail(string To, string Subject, string Text);

/// <summary>A way to send mails.</summary>
internal interface IMailTransport
{
    /// <exception cref="System.Net.Mail.SmtpException">The server does not take it.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    Task SendAsync(Mail mail, CancellationToken cancellationToken);
}
