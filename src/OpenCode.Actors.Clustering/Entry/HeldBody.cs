using Akka.Actor;
using Akka.Event;
using OpenCode.Actors.Clustering.Wire;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Region;

namespace OpenCode.Actors.Clustering.Entry;

/// <summary>How a held command crosses nodes: in a message, or, over 256 KiB, as a row of the database that the message names. Belongs to the command's actor, which alone touches it.</summary>
/// <param name="session">The session.</param>
/// <param name="named">The command.</param>
/// <param name="kind">How the command is written.</param>
/// <param name="large">Stores large commands; null to refuse what no message can hold.</param>
/// <param name="maxStoredBytes">How large a command may be that is stored.</param>
internal sealed class HeldBody(SessionId session, Named named, MessageKind kind, LargeCommands? large, long maxStoredBytes)
{
    private byte[]? _packed;
    private bool _isStoring;

    /// <summary>The database has the command.</summary>
    public sealed record Stored : IDeadLetterSuppression;

    /// <summary>The database did not take the command. It may be given it again.</summary>
    public sealed record NotStored(Exception Cause) : IDeadLetterSuppression;

    /// <summary>Gets what is sent to the region.</summary>
    public Deliver Message { get; private set; } = new(session, named);

    /// <summary>Gets a value indicating whether the command has to be stored before it is sent.</summary>
    public bool IsToStore => _packed is not null;

    /// <summary>Writes the command once, as it crosses nodes.</summary>
    /// <returns>Its bytes, and the refusal of one that is too large.</returns>
    public (long Bytes, object? Refusal) Write()
    {
        var bytes = kind.Write(named.Command);
        var maxBytes = large is null ? EntryActor.MaxCommandBytes : maxStoredBytes;
        if (bytes.Length > maxBytes)
            return (bytes.Length, Refusals.TooLarge(named.Command, bytes.Length, maxBytes));

        if (bytes.Length > LargeCommands.MaxMessageBytes && large is not null)
        {
            _packed = LargeCommands.Pack(kind.Manifest, bytes);
            Message = new Deliver(session, new NamedByReference(named.Name, named.Name));
        }

        return (bytes.Length, null);
    }

    /// <summary>Stores the command, unless that is under way: the row is there before a copy names it (rule "Large bodies travel as rows").</summary>
    /// <param name="holder">Gets <see cref="Stored"/> or <see cref="NotStored"/>.</param>
    /// <param name="stopped">Ends it.</param>
    public void Store(IActorRef holder, CancellationToken stopped)
    {
        if (_isStoring)
            return;

        _isStoring = true;
        large!.StoreAsync(named.Name, _packed!, stopped).PipeTo(holder, success: static () => new Stored(), failure: static cause => new NotStored(cause));
    }

    /// <summary>The command is stored.</summary>
    public void OnStored() => (_isStoring, _packed) = (false, null);

    /// <summary>The command could not be stored.</summary>
    public void OnNotStored() => _isStoring = false;
}
