namespace OpenCode.Actors.Sessions.Tools.Doors;

/// <summary>The two POSIX shell scripts between the server and a command. They run in dash, bash and BusyBox.</summary>
internal static class GuardScripts
{
    private const string Label = ToolProcessOptions.LabelVariable;

    /// <summary>
    /// The guard: starts its arguments behind the first two (the leader, in a session of its own), then waits for the end of its stdin, a pipe from the server, and kills the leader's group
    /// and what left it, which it knows by the label, its first argument. Its second is the folder of the command's pipes, which it removes.
    /// The pipe ends when the server says so, and also when the server is killed: the kernel closes it. Sits in a session of its own too, so that what ends the server's
    /// group or terminal does not end the guard with it.
    /// </summary>
    /// <remarks>It keeps neither the output pipes (their end must mean that the command has closed them) nor the report pipe (its end must mean that the leader is gone).
    /// It does not reap the leader before the kill: the group's number cannot be given to another process until then.
    /// A leader that has not made its group yet is killed alone, then once more by group, since it may just have made it.
    /// <c>kill -s KILL -- -N</c> is the one form that dash and bash both understand.
    /// A word from the server says that nothing is left, so no look for it is needed. Else it looks until it has found nothing twice: what is found may have forked, and a process has no environment for a moment when it becomes another program.</remarks>
    public const string Guard = $$"""
        ({{Label}}="${{{Label}}:+${{Label}} }$1"; export {{Label}}; shift 2; exec "$@") 3>&2 2>/dev/null >/dev/null </dev/null &
        exec >/dev/null 2>&1
        read -r word
        kill -s KILL -- "-$!" || { kill -s KILL "$!"; kill -s KILL -- "-$!"; }
        wait
        [ -n "$word" ] && exit
        rm -f "$2/stdin" "$2/stdout" "$2/stderr"
        rmdir "$2"
        looks=0 quiet=0
        while [ "$quiet" -lt 2 ] && [ "$looks" -lt 100 ]; do
          looks=$((looks + 1)) quiet=$((quiet + 1))
          for found in $(grep -lsF -e "$1" /proc/[0-9]*/environ); do
            quiet=0 found=${found#/proc/}
            kill -s KILL "${found%/environ}"
          done
        done
        """;

    /// <summary>
    /// The leader of the command's group: reports itself (proc(5) stat, for its start time; its bare number where there is no /proc), runs its arguments, reports their exit code.
    /// Its first argument is for lists of processes; its second is the folder of the named pipes for the command's outputs, which are open for reading before the leader starts; the third what the command reads, a pipe that is open for writing, or /dev/null.
    /// </summary>
    /// <remarks>Reports go to descriptor 3, which the command does not get. The signals of a polite end are caught, not ignored: the command gets them with their defaults,
    /// and the leader lives to report how it took them. The inner subshell keeps the leader's own remarks ("Terminated") out of the command's output.
    /// It alone opens the pipes: a leader that held the output too would hide that a command closed it and goes on. They are open when it reports, since their names go then. On one line and by the
    /// name <c>sh</c>, it complains of a command that is not there as a shell does at its prompt.</remarks>
    public static readonly string Leader = """
        trap : HUP INT QUIT TERM
        read -r stat </proc/$$/stat || stat=$$
        (exec <"$3" >"$2/stdout" 2>"$2/stderr" && shift 3 && echo "$stat" >&3 && exec "$@" 3>&-)
        echo "end $?" >&3
        """.ReplaceLineEndings("; ");
}
