using OpenCode.Actors.Mailboxes;

namespace OpenCode.Actors.Cells;

/// <summary>The part of a cell that senders touch.</summary>
/// <remarks>A base class, because its fields are laid out first: what the turn writes for each message lies far behind, and does not take the cache line from senders.</remarks>
internal abstract class CellInbox(Mailbox mailbox, int status) : CellContext
{
    protected readonly Mailbox _mailbox = mailbox;
    protected SystemMessage? _systemStack;
    protected int _status = status;
}
