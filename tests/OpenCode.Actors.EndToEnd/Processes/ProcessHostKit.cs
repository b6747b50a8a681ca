using System.Diagnostics;
using System.Text;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.Doors;

namespace OpenCode.Actors.EndToEnd.Processes;

/// <summary>Real shells, real groups. Each test marks its processes by a sleep of a length of its own, so that it finds them again.</summary>
public abstract class ProcessHostKit
{
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static int _sleepSeconds = 100_000 + (Environment.ProcessId % 10_000 * 100);

    // Longer than a shell on a busy machine needs to end by itself.
    private protected ToolProcessOptions Options { get; } = new() { KillGrace = Patience };

    private protected int Nap { get; } = Interlocked.Increment(ref _sleepSeconds);

    private protected PosixProcessHost Host => new(Options, TimeProvider.System);

    private protected ValueTask<IToolProcess> StartAsync(string command) => Host.StartAsync(new ToolProcessSpec(command, "/"), default);

    private protected static async Task<string> ReadToEndAsync(IToolProcess process, OutputPipe pipe = OutputPipe.Out)
    {
        using var patience = new CancellationTokenSource(Patience);
        var output = new StringBuilder();
        while (await process.ReadAsync(pipe, patience.Token) is { Length: > 0 } chunk)
            output.Append(Encoding.UTF8.GetString(chunk.Span));
        return output.ToString();
    }

    private protected int CountNaps() => Directory.EnumerateDirectories("/proc").Count(directory =>
    {
        try
        {
            return File.ReadAllText($"{directory}/cmdline") == $"sleep\0{Nap}\0";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });

    private protected static async Task UntilAsync(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < Patience, "waited in vain");
            await Task.Delay(10);
        }
    }
}
