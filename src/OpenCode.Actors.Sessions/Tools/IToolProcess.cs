namespace OpenCode.Actors.Sessions.Tools;

/// <summary>One running command. Disposing it ends the rest of its group, as <see cref="Kill"/> does, and completes when no process of the group is left.</summary>
internal interface IToolProcess : IAsyncDisposable
{
    /// <summary>Gets what recovery needs to find the group again.</summary>
    ProcessMark Mark { get; }

    /// <summary>Gets the exit code of the shell; 128 + n when signal n ended it. It is known before the output ends when a child in the background holds the output open.</summary>
    Task<int> ExitCode { get; }

    /// <summary>Gets what it reads from, if it has an input; else a stream that takes nothing. Disposing the process closes it.</summary>
    Stream Input => Stream.Null;

    /// <summary>Reads what arrived on one of the outputs. Both may be read at the same time: what arrives on two pipes is in order as far as it is read at once.</summary>
    /// <returns>1 byte or more, valid until the next read of this output; nothing at the end, when all of the group have closed it.</returns>
    ValueTask<ReadOnlyMemory<byte>> ReadAsync(OutputPipe pipe, CancellationToken cancellationToken);

    /// <summary>Lets what the command left in the background go on, now that its shell has ended. It ends with the server, or with <see cref="IProcessHost.KillOf"/>.</summary>
    /// <returns>Ends at once; when nothing was left, when that has gone.</returns>
    ValueTask LeaveAsync();

    /// <summary>Asks the whole group to end (SIGTERM), and ends what has not obeyed after a short grace (SIGKILL). Returns at once; may be called again.</summary>
    void Kill();
}

/// <summary>An output of a command.</summary>
internal enum OutputPipe
{
    Out,
    Error,
}
