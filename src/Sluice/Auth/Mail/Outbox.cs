using System.Net.Mail;
using System.Threading.Channels;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Auth.Mail;

/// <summary>Sends mails behind the request, so that no answer tells by its time whether one was sent.</summary>
internal sealed partial class Outbox(IConfigurationSource configuration, TimeProvider time, ILogger<Outbox> logger) : BackgroundService
{
    private const int MostWaiting = 1_000;

    private readonly Channel<Mail> _waiting = Channel.CreateBounded<Mail>(MostWaiting);

    /// <summary>True when a way to send mails is configured.</summary>
    public bool IsOn => configuration.Current.Config.Mail.IsOn;

    /// <summary>Takes a mail to send. What is over a thousand waiting is dropped and logged.</summary>
    public void Post(Mail mail)
    {
        if (!_waiting.Writer.TryWrite(mail))
        {
            Log.Dropped(logger);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var mail in _waiting.Reader.ReadAllAsync(stoppingToken))
            {
                await SendAsync(mail, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }

    private async Task SendAsync(Mail mail, CancellationToken cancellationToken)
    {
        var settings = configuration.Current.Config.Mail;
        IMailTransport? transport = settings.Smtp is { } server ? new SmtpTransport(server, settings.From)
            : settings.Folder.Length > 0 ? new FolderTransport(settings.Folder, settings.From, time)
            : null;
        try
        {
            await (transport?.SendAsync(mail, cancellationToken) ?? Task.CompletedTask);
        }
        catch (Exception e) when (e is SmtpException or IOException or UnauthorizedAccessException or FormatException)
        {
            Log.Failed(logger, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5201, LogLevel.Error, "A mail was dropped: too many wait to be sent")]
        public static partial void Dropped(ILogger logger);

        [LoggerMessage(5202, LogLevel.Error, "A mail could not be sent")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
