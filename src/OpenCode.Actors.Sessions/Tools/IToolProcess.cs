namespace OpenCode.Actors.Sessions.Tools;

/// <summary>One running command. Disposing it ends what is left of its group, as <see cref="Kill"/> does, and completes when that is gone.</summary>
internal interface IToolProcess : IAsyncDisposable
{
    /// <summary>Gets what recovery needs to find the group again.</summary>
    ProcessMark Mark { get; }

    /// <summary>Gets the exit code of the shell; 128 + n when signal n ended it. It is known before the output ends when a child in the background holds the output open.</summary>
    Task<int> ExitCode { get; }

    /// <summary>Reads what arrived on stdout and stderr, in order of arrival.</summary>
    /// <returns>1 byte or more, valid until the next read; nothing at the end, when all of the group have closed their output.</returns>
    ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Asks the whole group to end (SIGTERM), and ends what has not obeyed after a short grace (SIGKILL). Returns at once; may be called again.</summary>
    void Kill();
}
