using System.Collections.Concurrent;
using System.Text;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Tests.Server.Http;

/// <summary>Processes that write their own command in brackets and end with the code that it names by <c>exit N</c>.</summary>
internal sealed class EchoProcesses : IProcessHost
{
    public ConcurrentQueue<string> Commands { get; } = new();

    public ValueTask<IToolProcess> StartAsync(ToolProcessSpec spec, CancellationToken cancellationToken)
    {
        Commands.Enqueue(spec.Command);
        return new(new Echo(spec.Command));
    }

    public void KillLeftover(ProcessMark mark)
    {
    }

    public void KillAll()
    {
    }

    private sealed class Echo(string command) : IToolProcess
    {
        private bool _isRead;

        public ProcessMark Mark { get; } = new(1, 1, "boot");

        public Task<int> ExitCode => Task.FromResult(command.StartsWith("exit ", StringComparison.Ordinal) ? command[^1] - '0' : 0);

        public ValueTask<ReadOnlyMemory<byte>> ReadAsync(OutputPipe pipe, CancellationToken cancellationToken)
        {
            if (pipe == OutputPipe.Error || _isRead)
                return default;

            _isRead = true;
            return new(Encoding.UTF8.GetBytes($"[{command}]\n"));
        }

        public ValueTask LeaveAsync() => default;

        public void Kill()
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}
