using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Sharding;

namespace OpenCode.Actors.Server.Cluster;

/// <summary>Says when this node takes no commands: it is suspended, no member, or its journal does not answer (RULES F1).</summary>
internal sealed class NodeGate(CommandGate commands)
{
    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private bool _isSuspended;
    private bool _isOut;
    private bool _isStuck;

    /// <summary>Gets why no commands are taken; null when they are.</summary>
    public string? Reason => commands.Refusal?.Reason;

    /// <summary>The local deadline has passed.</summary>
    public void Suspend() => Change(static gate => gate._isSuspended = true);

    /// <summary>The lease is good again.</summary>
    public void Resume() => Change(static gate => gate._isSuspended = false);

    /// <summary>This node is no member (any more), or is one.</summary>
    public void BeMember(bool isMember) => Change(gate => gate._isOut = !isMember);

    /// <summary>The database takes nothing, or takes it again.</summary>
    public void NoteJournal(bool isStuck) => Change(gate => gate._isStuck = isStuck);

    private void Change(Action<NodeGate> change)
    {
        lock (_lock)
        {
            change(this);
            var reason = this switch
            {
                { _isOut: true } => "This node is no member of its cluster at the moment. It joins by itself.",
                { _isSuspended: true } => "This node has lost its database and waits for it. Whether a command under way was carried out is unknown.",
                { _isStuck: true } => "The database of the cluster does not answer. Whether a command under way was carried out is unknown.",
                _ => null,
            };
            if (reason is null)
                commands.Open();
            else if (commands.Refusal?.Reason != reason)
                commands.Close(new Unavailable(reason, _retryAfter));
        }
    }
}
