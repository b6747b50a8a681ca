namespace OpenCode.Actors.Sessions.Tools.Doors;

/// <summary>The two POSIX shell scripts between the server and a command. They run in dash, bash and BusyBox.</summary>
internal static class GuardScripts
{
    /// <summary>
    /// The guard: starts its arguments (the leader, in a session of its own), then waits for the end of its stdin, a pipe from the server, and kills the leader's group.
    /// The pipe ends when the server says so, and also when the server is killed: the kernel closes it. Sits in a session of its own too, so that what ends the server's
    /// group or terminal does not end the guard with it.
    /// </summary>
    /// <remarks>It keeps neither the output pipe (its end must mean that the group has closed it) nor the report pipe (its end must mean that the leader is gone).
    /// It does not reap the leader before the kill: the group's number cannot be given to another process until then.
    /// A leader that has not made its group yet is killed alone, then once more by group, since it may just have made it.
    /// <c>kill -s KILL -- -N</c> is the one form that dash and bash both understand.</remarks>
    public const string Guard = """
        "$@" 3>&2 2>/dev/null </dev/null &
        exec >/dev/null 2>&1
        read -r _
        kill -s KILL -- "-$!" || { kill -s KILL "$!"; kill -s KILL -- "-$!"; }
        wait
        """;

    /// <summary>
    /// The leader of the command's group: reports itself (proc(5) stat, for its start time; its bare number where there is no /proc), runs its arguments, reports their exit code.
    /// Its first argument is for lists of processes; its second is the named pipe for the command's stderr, which is open for reading before the leader starts; the third what the command reads, a pipe that is open for writing, or /dev/null.
    /// </summary>
    /// <remarks>Reports go to descriptor 3, which the command does not get. The signals of a polite end are caught, not ignored: the command gets them with their defaults,
    /// and the leader lives to report how it took them. The inner subshell keeps the leader's own remarks ("Terminated") out of the command's output. On one line and by the
    /// name <c>sh</c>, it complains of a command that is not there as a shell does at its prompt.</remarks>
    public static readonly string Leader = """
        trap : HUP INT QUIT TERM
        exec 4>"$2" 5<"$3"
        shift 3
        read -r stat </proc/$$/stat || stat=$$
        echo "$stat" >&3
        (exec "$@" <&5 2>&4 3>&- 4>&- 5<&-)
        echo "$?" >&3
        """.ReplaceLineEndings("; ");
}
