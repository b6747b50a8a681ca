namespace OpenCode.Actors.Mailboxes;

/// <summary>A message under way, with who sent it.</summary>
/// <remarks>Handed on by value: two references fit two registers, and none is written to memory on the way.</remarks>
internal readonly record struct Envelope(object Message, IActorRef? Sender)
{
    /// <summary>Gets a value indicating whether it is the default, which stands for no message.</summary>
    public bool IsNone => Message is null;
}
