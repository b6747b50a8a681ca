using OpenCode.Actors.Clustering;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Sharding;

namespace OpenCode.Actors.Server.Cluster;

/// <summary>Says when this node takes no commands: it is suspended, no member, or its journal does not answer (RULES F1). While it joins, they wait.</summary>
internal sealed class NodeGate
{
    private const string NoMember = "This node is no member of its cluster at the moment. It joins by itself.";

    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(1);

    private readonly CommandGate _commands;
    private readonly Lock _lock = new();
    private bool _isSuspended;
    private Standing _standing = Standing.Joining;
    private bool _isStuck;

    public NodeGate(CommandGate commands)
    {
        _commands = commands;
        Stand(Standing.Joining);
    }

    /// <summary>Gets why no commands are taken; null when they are.</summary>
    public string? Reason => _commands.Reason?.Reason;

    /// <summary>Gets with what commands are refused at once; null when they are taken, or wait.</summary>
    public string? Refusal => _commands.Refusal?.Reason;

    /// <summary>Lets a command in, at once or when this node has joined.</summary>
    /// <returns>Null when it may go on; else why it is refused.</returns>
    public async ValueTask<string?> AdmitAsync(CancellationToken cancellationToken) => (await _commands.AdmitAsync(cancellationToken))?.Reason;

    /// <summary>The local deadline has passed.</summary>
    public void Suspend() => Change(static gate => gate._isSuspended = true);

    /// <summary>The lease is good again.</summary>
    public void Resume() => Change(static gate => gate._isSuspended = false);

    /// <summary>This node is a member, joins, or is none any more.</summary>
    public void Stand(Standing standing) => Change(gate => gate._standing = standing);

    /// <summary>The database takes nothing, or takes it again.</summary>
    public void NoteJournal(bool isStuck) => Change(gate => gate._isStuck = isStuck);

    private void Change(Action<NodeGate> change)
    {
        lock (_lock)
        {
            change(this);
            var reason = this switch
            {
                { _standing: Standing.Dead } => NoMember,
                { _isSuspended: true, _standing: not Standing.Joining } => "This node has lost its database and waits for it. Whether a command under way was carried out is unknown.",
                { _isStuck: true } => "The database of the cluster does not answer. Whether a command under way was carried out is unknown.",
                _ => null,
            };
            if (reason is not null && _commands.Refusal?.Reason != reason)
                _commands.Close(new Unavailable(reason, _retryAfter));
            else if (reason is null && _standing == Standing.Joining)
                _commands.Hold(new Unavailable(NoMember, _retryAfter));
            else if (reason is null)
                _commands.Open();
        }
    }
}
