using Akka.Actor;
using Akka.Event;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Region;

namespace OpenCode.Actors.Clustering.Entry;

/// <content>The first step: the command is written as it crosses nodes, which tells how large it is, and the entry says whether it has room.</content>
internal sealed partial class HeldCommandActor
{
    /// <summary>How large the command is, for the entry. Answered with <see cref="Admitted"/> or <see cref="NoRoom"/>.</summary>
    /// <param name="Bytes">The length of what crosses nodes.</param>
    public sealed record Weighed(long Bytes) : IDeadLetterSuppression;

    /// <summary>The entry has room for the command.</summary>
    public sealed record Admitted : IDeadLetterSuppression
    {
        public static Admitted Instance { get; } = new();
    }

    /// <summary>The entry has no room for the command.</summary>
    /// <param name="Reason">Why, a sentence for people.</param>
    public sealed record NoRoom(string Reason) : IDeadLetterSuppression;

    private sealed record Begin
    {
        public static Begin Instance { get; } = new();
    }

    private void Weigh()
    {
        var bytes = _kind.Write(_named.Command);
        var maxBytes = _setup.Large is null ? EntryActor.MaxCommandBytes : _setup.MaxHeldBytes;
        if (bytes.Length > maxBytes)
        {
            Answer(Refusals.TooLarge(_named.Command, bytes.Length, maxBytes));
            return;
        }

        if (bytes.Length > LargeCommands.MaxMessageBytes && _setup.Large is not null)
        {
            _packed = LargeCommands.Pack(_kind.Manifest, bytes);
            _message = new Deliver(_id, new NamedByReference(_named.Name, _named.Name));
        }

        Context.Parent.Tell(new Weighed(bytes.Length));
    }

    private void OnAdmitted()
    {
        _isAdmitted = true;
        Send();
    }
}
