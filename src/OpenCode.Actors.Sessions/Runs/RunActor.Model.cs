using Akka.Actor;
using Akka.Event;
using Akka.Streams;
using Akka.Streams.Dsl;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Sessions.Models;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace OpenCode.Actors.Sessions.Runs;

/// <content>The model's answer: a stream of facts, joined while a report waits, and tried again when it breaks.</content>
internal sealed partial class RunActor
{
    // Beyond this the model is not asked for more until the session has caught up: memory of a run is bounded.
    private const long MaxBatchBytes = 64 * 1024;

    private const string SilenceTimer = "silence";
    private const string RetryTimer = "retry";

    // Made by the first call: it is an actor of its own, and a run that only runs a command or waits for its user needs none.
    private IMaterializer? _materializer;
    private Begin? _step;
    private Attempt? _attempt;
    private int _failures;

    /// <summary>What the model said. Answered with <see cref="Taken"/> when it is durable: then the stream gives the next.</summary>
    private sealed record ModelSaid(Attempt Attempt, IReadOnlyList<object> Facts) : IDeadLetterSuppression;

    /// <summary>What the model said is durable, or of a call that was given up: the stream may go on.</summary>
    private sealed record Taken : IDeadLetterSuppression
    {
        public static Taken Instance { get; } = new();
    }

    /// <summary>A wait for the model's next chunk begins or ends.</summary>
    private sealed record ModelAwaited(Attempt Attempt, bool IsWaiting) : IDeadLetterSuppression;

    /// <summary>The model has sent nothing for too long.</summary>
    private sealed record ModelSilent(Attempt Attempt) : IDeadLetterSuppression;

    /// <summary>The wait before another try is over.</summary>
    private sealed record RetryNow
    {
        public static RetryNow Instance { get; } = new();
    }

    /// <summary>That another try begins is durable.</summary>
    private sealed record RetryNoted : IDeadLetterSuppression
    {
        public static RetryNoted Instance { get; } = new();
    }

    // One call of the model. What comes of a call that was given up is known by not being of the current one.
    private sealed class Attempt
    {
        public UniqueKillSwitch? Stream { get; set; }

        public bool HasBegun { get; set; }

        public bool HasCalls { get; set; }
    }

    private void OnBegin(Begin message)
    {
        _step = message;
        _failures = 0;
        Try();
    }

    private void Try()
    {
        var (attempt, self, step, stopped) = (new Attempt(), Self, _step!, _stopped.Token);
        _attempt = attempt;
        attempt.Stream = Source.From(() => ModelFacts.ReadAsync(step.Model, step.Request, isWaiting => self.Tell(new ModelAwaited(attempt, isWaiting))))
            .ViaMaterialized(KillSwitches.Single<RunFact>(), Keep.Right)
            .BatchWeighted(MaxBatchBytes, CostOf, static fact => new FactList().Add(fact), static (facts, fact) => facts.Add(fact))
            .SelectAsync(1, facts => self.Ask<Taken>(new ModelSaid(attempt, facts.Take()), Timeout.InfiniteTimeSpan, stopped))
            .ToMaterialized(Sink.Ignore<Taken>(), Keep.Left)
            .Run(_materializer ??= Context.Materializer());
    }

    private static long CostOf(RunFact fact) => fact is TextStreamed text ? text.Text.Length * sizeof(char) : 1;

    private void OnModelSaid(ModelSaid message)
    {
        if (message.Attempt != _attempt)
        {
            Sender.Tell(Taken.Instance); // Of a call that was given up.
            return;
        }

        Exception? broken = null;
        foreach (var fact in message.Facts)
        {
            if (fact is AnswerBroken end)
                broken = end.Cause;
            else
                Take(_attempt, (RunFact)fact);
        }

        _outgoing.AnswerLater(Sender, Taken.Instance);
        Send();
        if (broken is not null)
            OnBroken(broken);
    }

    private void Take(Attempt attempt, RunFact fact)
    {
        if (!attempt.HasBegun)
            _outgoing.Add(new AnswerBegan());
        attempt.HasBegun = true;
        attempt.HasCalls |= fact is ToolCalled;
        _outgoing.Add(fact);
        if (fact is AnswerEnded)
            EndAttempt();
    }

    private void OnModelAwaited(ModelAwaited message)
    {
        if (message.Attempt != _attempt)
            return;

        if (message.IsWaiting)
            Timers.StartSingleTimer(SilenceTimer, new ModelSilent(message.Attempt), TimeSpan.FromMilliseconds(_options.ModelSilenceMs));
        else
            Timers.Cancel(SilenceTimer);
    }

    private void OnModelSilent(ModelSilent message)
    {
        if (message.Attempt == _attempt)
            GiveUp(new ModelException($"The model sent nothing for {_options.ModelSilenceMs / 1000.0:0.#} s.", retryable: true));
    }

    private void OnBroken(Exception cause)
    {
        if (cause is not ModelException told)
            throw new InvalidOperationException($"The model failed in a way it should not: {cause.Message}", cause);

        GiveUp(told);
    }

    private void GiveUp(ModelException cause)
    {
        var hasCalls = _attempt!.HasCalls;
        EndAttempt();

        // What it called is under way: another try would do it twice. The step goes on with the results.
        if (hasCalls)
        {
            Tell(new AnswerEnded(FinishReason.ToolCalls, TokenUsage.None));
            return;
        }

        if (!cause.Retryable)
        {
            Tell(new AnswerRefused(cause));
            return;
        }

        _failures++;
        var delay = cause.RetryAfter ?? TimeSpan.FromMilliseconds(Math.Min(_options.RetryMaxMs, _options.RetryMinMs * Math.Pow(2, Math.Min(_failures - 1, 30))));
        LogRetry(_logger, cause.Message, _failures, delay);
        Timers.StartSingleTimer(RetryTimer, RetryNow.Instance, delay);
        Tell(new RetryPlanned(_failures, cause.Message, (_time.GetUtcNow() + delay).ToUnixTimeMilliseconds()));
    }

    // Rule "Suspend on silence": no model is called then, so another try waits until the session has noted it.
    private void OnRetryNow()
    {
        _outgoing.Add(new RetryBegan());
        _outgoing.AnswerLater(Self, RetryNoted.Instance);
        Send();
    }

    // The end of the stream cancels the model's token. The stream closes the model's connection behind that, and nothing tells when it is closed.
    private void EndAttempt()
    {
        Timers.Cancel(SilenceTimer);
        _attempt?.Stream?.Shutdown();
        _attempt = null;
    }

    [LoggerMessage(EventId = 6020, Level = LogLevel.Information, Message = "The model failed ({Reason}), try {Attempt}; trying again in {Delay}.")]
    private static partial void LogRetry(ILogger logger, string reason, int attempt, TimeSpan delay);
}
