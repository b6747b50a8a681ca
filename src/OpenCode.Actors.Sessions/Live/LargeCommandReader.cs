using Akka.Actor;
using Akka.Event;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Setup;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace OpenCode.Actors.Sessions.Live;

/// <summary>Reads the commands that are too large for a message between nodes (rule "Large bodies travel as rows"). It never removes one: a copy of the message may be on its way.</summary>
/// <remarks>A session that leaves memory meanwhile drops what was read: the next copy reads it again.</remarks>
internal sealed partial class LargeCommandReader(SessionId id, SessionSetup setup, ILogger logger, IActorRef session, CancellationToken stopped)
{
    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(1);

    private readonly HashSet<BodyRead.Ticket> _reading = [];

    /// <summary>Gets a value indicating whether nothing is being read.</summary>
    public bool IsIdle => _reading.Count == 0;

    /// <summary>Reads a command; the session gets <see cref="BodyRead"/>, as if the asker had sent it.</summary>
    public void Read(NamedByReference reference, IActorRef asker)
    {
        var ticket = new BodyRead.Ticket();
        _reading.Add(ticket);
        ReadAsync(reference).PipeTo(session, asker, success: read => new BodyRead(reference, ticket, read), failure: cause => new BodyRead(reference, ticket, Unreadable(reference, cause)));
    }

    /// <summary>A reading has ended. Its message comes again if the command was deferred.</summary>
    public void End(BodyRead message) => _reading.Remove(message.Of);

    private async Task<object> ReadAsync(NamedByReference reference)
    {
        try
        {
            return setup.ReadLarge is { } read && await read(reference, stopped) is { } command
                ? command
                : new CommandFailed($"The content of the command '{reference.Name}' is not stored any more. Nothing was changed; send the command again.");
        }
        catch (ArbiterAwayException e)
        {
            return new Unavailable($"The content of a command for {id} cannot be read now: {e.Message} Nothing was changed; send the command again.", _retryAfter);
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested)
        {
            return new Unavailable("The session left memory; the command was not read. Nothing was changed; send it again.", _retryAfter);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogBodyUnreadable(logger, e, id.Value, reference.Name);
            return Unreadable(reference, e);
        }
    }

    private static CommandFailed Unreadable(NamedByReference reference, Exception cause) =>
        new($"The content of the command '{reference.Name}' could not be read: {cause.Message} Nothing was changed; send the command again.");

    [LoggerMessage(EventId = 7061, Level = LogLevel.Error, Message = "A large command for {SessionId} could not be read from the database and was refused; its name is '{Name}'.")]
    private static partial void LogBodyUnreadable(ILogger logger, Exception cause, string sessionId, string name);

    /// <summary>The command of a <see cref="NamedByReference"/>, or a refusal.</summary>
    public sealed record BodyRead(NamedByReference Reference, BodyRead.Ticket Of, object Read) : IDeadLetterSuppression
    {
        /// <summary>Names one reading.</summary>
        public sealed class Ticket;
    }
}
