using System.Text;
using Akka.Actor;
using Akka.Event;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Sessions.Actors;
using OpenCode.Actors.Sessions.Models;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace OpenCode.Actors.Sessions.Titles;

/// <summary>Gets the title of a session from a model, beside its turn, and sends it to the session. Without an answer in time the title is made from the prompt.</summary>
/// <remarks>It tries once and holds nothing up: a session that leaves memory takes it along, and gets its title with the next prompt.</remarks>
internal sealed partial class TitleActor : ReceiveActor, IWithTimers
{
    private const int MostCharacters = 4_000; // of an answer: the rest cannot be a title
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _stopped = new();
    private readonly Request _request;
    private readonly ILogger _logger;

    public TitleActor(Request request, ILogger logger)
    {
        (_request, _logger) = (request, logger);
        Receive<Answered>(m => End(TitleText.OfAnswer(m.Text)));
        Receive<Failed>(m => GiveUp(ReasonOf(m.Cause)));
        Receive<TimeOver>(_ => GiveUp($"there was no answer within {_limit.TotalSeconds:0} s"));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(Request request, ILogger logger) => Props.CreateBy(new ActorProducer<TitleActor>(() => new TitleActor(request, logger)));

    protected override void PreStart()
    {
        if (_request.Model is not { } model)
        {
            End(null);
            return;
        }

        Timers.StartSingleTimer(nameof(TimeOver), new TimeOver(), _limit);
        ReadAsync(model, _request.Asked, _stopped.Token).PipeTo(Self, success: static text => new Answered(text), failure: static cause => new Failed(cause));
    }

    protected override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
    }

    private static async Task<string> ReadAsync(IChatModel model, ModelRequest request, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        await foreach (var chunk in model.StreamAsync(request, cancellationToken))
        {
            if (chunk is TextDelta delta)
                text.Append(delta.Text);
            if (chunk is Finished || text.Length > MostCharacters)
                break;
        }

        return text.ToString();
    }

    // Not the provider's own words: some repeat the key that they refuse.
    private static string ReasonOf(Exception cause) => cause switch
    {
        ModelException { StatusCode: { } status } => $"the provider answered with status {status}",
        ModelException => "the call failed before an answer was whole",
        _ => $"the call failed with {cause.GetType().Name}",
    };

    private void GiveUp(string reason)
    {
        LogNoTitle(_logger, _request.Name, reason);
        End(null);
    }

    private void End(string? title)
    {
        Context.Parent.Tell(new Found(title ?? _request.Plain));
        Context.Stop(Self);
    }

    /// <summary>The model and its request for a title, and the prompt that replaces a missing answer.</summary>
    /// <param name="Model">Which model; null for the plain title at once.</param>
    /// <param name="Asked">The request.</param>
    /// <param name="Plain">The title without it.</param>
    /// <param name="Name">The model as the configuration names it, for the log.</param>
    public sealed record Request(IChatModel? Model, ModelRequest Asked, string Plain, string Name);

    /// <summary>There is a title.</summary>
    public sealed record Found(string Title) : IDeadLetterSuppression;

    private sealed record Answered(string Text) : IDeadLetterSuppression;

    private sealed record Failed(Exception Cause) : IDeadLetterSuppression;

    private sealed record TimeOver;

    [LoggerMessage(EventId = 6014, Level = LogLevel.Warning, Message = "{Model} gave no title to a session: {Reason}. The title is made of the prompt. Look at the key and the options of that model, or choose another one as 'small_model'.")]
    private static partial void LogNoTitle(ILogger logger, string model, string reason);
}
