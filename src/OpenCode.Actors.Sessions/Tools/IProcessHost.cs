namespace OpenCode.Actors.Sessions.Tools;

/// <summary>The door to processes: starts the commands of tools and ends them with all processes that they started.</summary>
internal interface IProcessHost
{
    /// <summary>Starts a command as leader of a process group of its own, which dies with this server, however the server dies.</summary>
    /// <exception cref="ToolProcessException">It could not be started; the message is for the model to read.</exception>
    ValueTask<IToolProcess> StartAsync(ToolProcessSpec spec, CancellationToken cancellationToken);

    /// <summary>Kills what is left of a group that an earlier life of this server started. Does nothing when the group is gone or its number belongs to another process by now.</summary>
    void KillLeftover(ProcessMark mark);

    /// <summary>Kills what commands of an owner left in the background.</summary>
    void KillOf(string owner)
    {
    }

    /// <summary>Kills every running command, and what commands left in the background: another node may run the same sessions by now. Their tools end as after any kill.</summary>
    void KillAll();
}

/// <summary>A command to start.</summary>
/// <param name="Command">A command line for the shell.</param>
/// <param name="WorkingDirectory">An existing directory.</param>
/// <param name="Owner">The session, which what is left in the background belongs to.</param>
/// <param name="Environment">Variables to set or replace, on top of the server's own.</param>
internal sealed record ToolProcessSpec(string Command, string WorkingDirectory, string Owner = "", IReadOnlyDictionary<string, string>? Environment = null)
{
    /// <summary>Gets the arguments of <see cref="Command"/>, which is a program then, and no line for the shell; null for a line.</summary>
    public IReadOnlyList<string>? Arguments { get; init; }

    /// <summary>Gets a value indicating whether it can be written to (<see cref="IToolProcess.Input"/>).</summary>
    public bool HasInput { get; init; }

    /// <summary>Gets a value indicating whether it gets, of the server's own variables, those alone that every program needs.</summary>
    public bool HasBareEnvironment { get; init; }
}

/// <summary>Identifies a process group for ever, even after the system reuses its number. Stored in state before the tool's output.</summary>
/// <param name="GroupId">The group's number, which is the process id of its leader.</param>
/// <param name="StartTime">When the leader started, in clock ticks since boot (proc(5): <c>/proc/PID/stat</c>, field 22); 0 where the system does not say.</param>
/// <param name="BootId">The boot this is about; empty where the system does not say.</param>
internal sealed record ProcessMark(int GroupId, long StartTime, string BootId);

/// <summary>A command could not be started.</summary>
internal sealed class ToolProcessException(string message, Exception? inner = null) : Exception(message, inner);
