using System.Diagnostics.Metrics;
using Akka.Actor;
using Akka.Event;
using Akka.Hosting;

namespace OpenCode.Actors.Server.Hosting;

/// <summary>Metrics that Akka does not have: messages that reached no actor, and how many messages wait in the mailboxes of the top actors.</summary>
internal sealed class ActorMetrics
{
    private readonly Counter<long> _deadLetters;
    private readonly Meter _meter;

    public ActorMetrics(IMeterFactory meters)
    {
        _meter = meters.Create("OpenCode.Actors");
        _deadLetters = _meter.CreateCounter<long>("opencode.actors.dead_letters", "{message}", "Messages that reached no actor, except those whose loss is part of the protocol.");
    }

    /// <summary>Counts a message that reached no actor.</summary>
    public void MessageLost() => _deadLetters.Add(1);

    /// <summary>Shows the mailboxes of the registered actors.</summary>
    public void Watch(IReadOnlyActorRegistry actors) =>
        _meter.CreateObservableGauge("opencode.actors.mailbox.messages", () => Depths(actors), "{message}", "Messages that wait in the mailbox of a top actor.");

    private static IEnumerable<Measurement<int>> Depths(IReadOnlyActorRegistry actors)
    {
        foreach (var (_, actor) in actors)
        {
            if (actor is ActorRefWithCell { Underlying: { } cell })
                yield return new Measurement<int>(cell.NumberOfMessages, new KeyValuePair<string, object?>("actor", actor.Path.Name));
        }
    }
}

/// <summary>Counts dead letters, and logs the first of each type of message. Akka would log them at a level that is off.</summary>
/// <remarks>Those that the nodes of a cluster tell each other by themselves are left out: some are lost whenever a node goes, and Akka sends them again.</remarks>
internal sealed partial class DeadLetterActor : ReceiveActor
{
    private const int MaxTypes = 200;

    private static readonly string[] _repeated = ["Akka.Cluster", "Akka.DistributedData", "Akka.Remote"];

    private readonly CoordinatedShutdown _shutdown = CoordinatedShutdown.Get(Context.System);
    private readonly HashSet<Type> _logged = [];
    private readonly ActorMetrics _metrics;
    private readonly ILogger _logger;

    public DeadLetterActor(ActorMetrics metrics, ILogger<DeadLetterActor> logger)
    {
        _metrics = metrics;
        _logger = logger;
        Receive<DeadLetter>(OnDeadLetter);
    }

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(DeadLetter));

    private void OnDeadLetter(DeadLetter letter)
    {
        var type = letter.Message.GetType();
        if (_repeated.Any(space => type.Namespace?.StartsWith(space, StringComparison.Ordinal) == true))
            return;

        _metrics.MessageLost();

        // While the actors end, letters to those that have ended mean nothing.
        if (_shutdown.ShutdownReason is null && _logged.Count < MaxTypes && _logged.Add(type))
            LogDeadLetter(_logger, type, letter.Recipient.Path);
    }

    [LoggerMessage(EventId = 1001, Level = Microsoft.Extensions.Logging.LogLevel.Warning,
        Message = "A message {Type} to {Actor} reached no actor. Further ones of this type are counted, not logged.")]
    private static partial void LogDeadLetter(ILogger logger, Type type, ActorPath actor);
}

/// <summary>Registration of what is counted about actors.</summary>
internal static class ActorMetricsHosting
{
    public static AkkaConfigurationBuilder AddActorMetrics(this AkkaConfigurationBuilder akka) => akka.WithActors(static (system, registry, resolver) =>
    {
        var metrics = resolver.GetService<ActorMetrics>();
        metrics.Watch(registry);
        var logger = resolver.GetService<ILogger<DeadLetterActor>>();
        system.ActorOf(Props.Create(() => new DeadLetterActor(metrics, logger)), "dead-letters");
    });
}
