using System.Diagnostics;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Load;

/// <summary>What one stream shows of one turn: when its first delta came, that it ended, and how much was sent of its session meanwhile.</summary>
internal sealed class TurnWatch(string session)
{
    private readonly TaskCompletionSource<long> _delta = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _bytes;
    private long _ofTools;

    /// <summary>Gets how many characters of data were sent of the session: bytes, but for a few.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Gets how many of them told of tools.</summary>
    public long BytesOfTools => Volatile.Read(ref _ofTools);

    /// <summary>Takes a frame, on the thread that read it.</summary>
    public void Add(SseFrame frame)
    {
        if (frame.Session != session)
            return;

        Volatile.Write(ref _bytes, _bytes + frame.Data.Length);
        if (frame.Properties.Text("part", "type") == "tool")
            Volatile.Write(ref _ofTools, _ofTools + frame.Data.Length);
        if (frame.Type == "message.part.delta")
            _delta.TrySetResult(Stopwatch.GetTimestamp());
        else if (frame.Type == "session.idle")
            _idle.TrySetResult();
    }

    /// <summary>Waits for the first delta.</summary>
    /// <returns>When it came, in ticks of <see cref="Stopwatch"/>.</returns>
    public Task<long> DeltaAsync() => Eventually.EndsAsync(_delta.Task, $"the first delta of {session}");

    public Task IdleAsync() => Eventually.EndsAsync(_idle.Task, $"the end of the turn of {session}");
}
