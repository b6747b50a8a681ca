using System.Diagnostics;
using System.Text;

namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>A process that a test started: its output is collected, and it is ended, by its id, with the test.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly Task _reading;
    private bool _isDisposed;

    private ChildProcess(Process process, Action<string>? onLine)
    {
        _process = process;
        _reading = Task.WhenAll(CollectAsync(process.StandardOutput, _output, onLine), CollectAsync(process.StandardError, _errors, onLine: null));
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public StreamWriter Input => _process.StandardInput;

    public string Output => Read(_output);

    public string Errors => Read(_errors);

    public static ChildProcess Start(
        string program, IEnumerable<string> arguments, string workingDirectory, IReadOnlyDictionary<string, string?>? environment = null, Action<string>? onLine = null)
    {
        var start = new ProcessStartInfo(program)
        {
            WorkingDirectory = workingDirectory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);

        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;

        return new ChildProcess(Process.Start(start)!, onLine);
    }

    /// <summary>Ends the process as kill -9 does: at once, and nothing but it.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
            _process.Kill();

        await _process.WaitForExitAsync();
    }

    public void Signal(int signal) => Unix.Signal(Id, signal);

    /// <summary>Waits for the end of the process and of its output.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> ExitAsync(TimeSpan? limit = null)
    {
        await Eventually.EndsAsync(_process.WaitForExitAsync(), $"process {Id}; its errors so far: {Errors}", limit);
        await Eventually.EndsAsync(_reading, $"output of process {Id}");
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;

        _isDisposed = true;
        await KillAsync();
        _process.Dispose();
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }

    private static async Task CollectAsync(StreamReader reader, StringBuilder into, Action<string>? onLine)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (into)
                into.Append(line).Append('\n');

            onLine?.Invoke(line);
        }
    }
}
