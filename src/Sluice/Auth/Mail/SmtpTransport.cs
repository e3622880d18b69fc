using System.Net;
using System.Net.Mail;
using Sluice.Configuration;

namespace Sluice.Auth.Mail;

/// <summary>Hands mails to a mail server.</summary>
internal sealed class SmtpTransport(SmtpConfig server, string from) : IMailTransport
{
    public async Task SendAsync(Mail mail, CancellationToken cancellationToken)
    {
        using var client = new SmtpClient(server.Host, server.Port) { EnableSsl = server.Tls };
        if (server.Username.Length > 0)
        {
            client.Credentials = new NetworkCredential(server.Username, server.Password.Reveal());
        }

        using var message = new MailMessage(from, mail.To, mail.Subject, mail.Text);
        await client.SendMailAsync(message, cancellationToken);
    }
}
