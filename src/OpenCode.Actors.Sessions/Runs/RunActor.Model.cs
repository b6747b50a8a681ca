using Microsoft.Extensions.Logging;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Sessions.Runs;

/// <content>The model's stream: one chunk asked for at a time, so that abort, tools and answers are handled in between.</content>
internal sealed partial class RunActor
{
    private const string SilenceTimer = "silence";
    private const string RetryTimer = "retry";

    private Begin? _step;
    private Attempt? _attempt;
    private int _failures;
    private bool _paused;
    private bool _isHeld;
    private bool _isRetryDue;

    private sealed record Advanced(Attempt Attempt, bool HasChunk);

    private sealed record Broken(Attempt Attempt, Exception Cause);

    private sealed record StreamSilent(Attempt Attempt);

    private sealed record RetryNow;

    // One call of the model. Results of a call that was given up are known by not being the current one.
    private sealed class Attempt(CancellationTokenSource cancellation, IAsyncEnumerator<ModelChunk> chunks)
    {
        public CancellationTokenSource Cancellation { get; } = cancellation;

        public IAsyncEnumerator<ModelChunk> Chunks { get; } = chunks;

        public bool IsAdvancing { get; set; }

        public bool HasBegun { get; set; }

        public bool HasCalls { get; set; }
    }

    private ValueTask OnBegin(Begin message)
    {
        _step = message;
        _failures = 0;
        return Try();
    }

    private ValueTask Try()
    {
        var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Context.Incarnation);
        _attempt = new Attempt(cancellation, Chunks(_step!, cancellation.Token).GetAsyncEnumerator(cancellation.Token));
        return Advance();
    }

    // In an iterator of our own, so that a model that throws before its first chunk is told like any other failure.
    private static async IAsyncEnumerable<ModelChunk> Chunks(Begin step, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var chunk in step.Model.StreamAsync(step.Request, cancellationToken))
            yield return chunk;
    }

    private ValueTask Advance()
    {
        var attempt = _attempt!;
        attempt.IsAdvancing = true;
        Context.Timers.StartSingle(SilenceTimer, new StreamSilent(attempt), TimeSpan.FromMilliseconds(options.ModelSilenceMs));
        Context.PipeTo(attempt.Chunks.MoveNextAsync(), hasChunk => new Advanced(attempt, hasChunk), cause => new Broken(attempt, cause));
        return ValueTask.CompletedTask;
    }

    private ValueTask OnAdvanced(Advanced message)
    {
        if (message.Attempt != _attempt)
            return ValueTask.CompletedTask;

        _attempt.IsAdvancing = false;
        Context.Timers.Cancel(SilenceTimer);
        if (!message.HasChunk)
            return GiveUp(new ModelException("The model's stream ended without saying that it was complete.", retryable: true));

        if (!_attempt.HasBegun)
        {
            _attempt.HasBegun = true;
            _outgoing.Add(new AnswerBegan());
        }

        return Take(_attempt.Chunks.Current);
    }

    private ValueTask Take(ModelChunk chunk)
    {
        switch (chunk)
        {
            case TextDelta m:
                _outgoing.Add(new TextStreamed(IsReasoning: false, m.Text));
                break;
            case ReasoningDelta m:
                _outgoing.Add(new TextStreamed(IsReasoning: true, m.Text));
                break;
            case ToolCallChunk m:
                _attempt!.HasCalls = true;
                _outgoing.Add(new ToolCalled(m.Call));
                break;
            case Finished m:
                Abandon();
                return Tell(new AnswerEnded(m.Reason, m.Usage));
            default:
                throw new InvalidOperationException($"The model sent {chunk.GetType().Name}, which nobody understands.");
        }

        Send();
        _paused = _outgoing.IsFull;
        return _paused ? ValueTask.CompletedTask : Advance();
    }

    private ValueTask Resume()
    {
        if (!_paused || _outgoing.IsFull)
            return ValueTask.CompletedTask;

        _paused = false;
        return Advance();
    }

    private ValueTask OnSilent(StreamSilent message) => message.Attempt == _attempt
        ? GiveUp(new ModelException($"The model sent nothing for {options.ModelSilenceMs / 1000.0:0.#} s.", retryable: true))
        : ValueTask.CompletedTask;

    private ValueTask OnBroken(Broken message)
    {
        if (message.Attempt != _attempt)
            return ValueTask.CompletedTask;

        _attempt.IsAdvancing = false;
        return message.Cause is ModelException cause
            ? GiveUp(cause)
            : throw new InvalidOperationException($"The model failed in a way it should not: {message.Cause.Message}", message.Cause);
    }

    private ValueTask GiveUp(ModelException cause)
    {
        var hasCalls = _attempt!.HasCalls;
        Abandon();

        // What it called is under way: another try would do it twice. The step goes on with the results.
        if (hasCalls)
            return Tell(new AnswerEnded(FinishReason.ToolCalls, TokenUsage.None));
        if (!cause.Retryable)
            return Tell(new AnswerRefused(cause));

        _failures++;
        var delay = cause.RetryAfter ?? TimeSpan.FromMilliseconds(Math.Min(options.RetryMaxMs, options.RetryMinMs * Math.Pow(2, Math.Min(_failures - 1, 30))));
        LogRetry(logger, cause.Message, _failures, delay);
        Context.Timers.StartSingle(RetryTimer, new RetryNow(), delay);
        return Tell(new RetryPlanned(_failures, cause.Message, (Context.Time.GetUtcNow() + delay).ToUnixTimeMilliseconds()));
    }

    private ValueTask OnHold()
    {
        _isHeld = true;
        return ValueTask.CompletedTask;
    }

    private ValueTask OnRelease()
    {
        _isHeld = false;
        return _isRetryDue ? OnRetryNow() : ValueTask.CompletedTask;
    }

    private ValueTask OnRetryNow()
    {
        _isRetryDue = _isHeld;
        if (_isHeld)
            return ValueTask.CompletedTask;

        _outgoing.Add(new RetryBegan());
        Send();
        return Try();
    }

    // A call that is waited for ends by its token; disposing it meanwhile is not allowed. One that stands at a chunk is disposed.
    private void Abandon()
    {
        Context.Timers.Cancel(SilenceTimer);
        if (_attempt is not { } attempt)
            return;

        _attempt = null;
        attempt.Cancellation.Cancel();
        if (!attempt.IsAdvancing)
            _ = attempt.Chunks.DisposeAsync().AsTask();
    }

    [LoggerMessage(EventId = 6020, Level = LogLevel.Information, Message = "The model failed ({Reason}), try {Attempt}; trying again in {Delay}.")]
    private static partial void LogRetry(ILogger logger, string reason, int attempt, TimeSpan delay);
}
