using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using OpenCode.Actors.Streams.Frames;
using OpenCode.Actors.Streams.Metrics;

namespace OpenCode.Actors.Streams.Clients;

/// <summary>Writes runs to one client, one write and one flush each. It knows nothing of actors and streams; for one thread at a time.</summary>
/// <param name="writer">The client's response.</param>
/// <param name="metrics">Counts what was flushed.</param>
internal sealed class RunWriter(ISseWriter writer, EventStreamMetrics metrics)
{
    private (int Frames, int Bytes) _sent;
    private ValueTaskAwaiter _write;
    private Action? _onEnded;
    private Action? _ended;
    private Exception? _failure;

    /// <summary>Writes a run and empties it.</summary>
    /// <returns>Whether it is flushed already; otherwise <see cref="WhenEnded"/> is next.</returns>
    /// <exception cref="Exception">What the writer throws.</exception>
    public bool Write(FrameRun run, CancellationToken cancellationToken)
    {
        _sent = (run.Count, run.Bytes);
        ValueTask write;
        try
        {
#pragma warning disable CA2012 // Consumed once: below if it has ended, else in OnEnded.
            write = writer.WriteAsync(run, cancellationToken);
#pragma warning restore CA2012
        }
        finally
        {
            // The writer has its bytes: a client that takes nothing must not keep the slabs of frames that have left the ring (rule "Bounded memory").
            run.Clear();
        }

        if (write.IsCompleted)
        {
            run.Limit = FrameRun.MaxBytes;
            write.GetAwaiter().GetResult(); // Nothing is waited for. Gives a pooled source back.
            Count();
            return true;
        }

        run.Limit = FrameRun.SlowBytes;
        _write = write.GetAwaiter();
        return false;
    }

    /// <summary>Has an action called when the write under way has ended; then <see cref="Complete"/> is next.</summary>
    /// <param name="ended">Called on the transport's thread. The same for each write.</param>
    public void WhenEnded(Action ended)
    {
        _ended = ended;
        _write.UnsafeOnCompleted(_onEnded ??= OnEnded);
    }

    /// <summary>Takes the result of the write that was under way.</summary>
    /// <exception cref="Exception">What the writer failed with.</exception>
    public void Complete()
    {
        if (_failure is not null)
            ExceptionDispatchInfo.Throw(_failure);

        Count();
    }

    // The result is taken here, whether or not the stage still lives: a pooled source goes back, and no failure stays unobserved.
    private void OnEnded()
    {
        try
        {
            _write.GetResult();
        }
        catch (Exception cause)
        {
            _failure = cause;
        }

        _ended!();
    }

    private void Count() => metrics.FramesWritten(_sent.Frames, _sent.Bytes);
}
