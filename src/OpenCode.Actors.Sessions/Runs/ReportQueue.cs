using Akka.Actor;

namespace OpenCode.Actors.Sessions.Runs;

/// <summary>Queues the reports of a run: one under way, the rest joined while they wait (rule "One append outstanding").</summary>
/// <remarks>Bounded by its sources: the model's stream and each tool have one batch or report unanswered, and are answered when it is durable.</remarks>
internal sealed class ReportQueue
{
    private readonly FactList _facts = new();
    private List<(IActorRef Source, object Answer)> _sources = [];
    private List<(IActorRef Source, object Answer)> _sourcesUnderWay = [];
    private bool _isUnderWay;

    /// <summary>Adds a fact.</summary>
    public void Add(object fact) => _facts.Add(fact);

    /// <summary>Answers a source when all that was added so far is durable.</summary>
    /// <param name="source">The model's stream or a tool.</param>
    /// <param name="answer">The message that allows it the next batch or report.</param>
    public void AnswerLater(IActorRef source, object answer) => _sources.Add((source, answer));

    /// <summary>Takes the next report, if there is something to report and none is under way. A source that said nothing, as with an empty text, is answered at once.</summary>
    public IReadOnlyList<object>? TryTake()
    {
        if (_isUnderWay)
            return null;
        if (_facts.IsEmpty)
        {
            Answer(_sources);
            _sources = [];
            return null;
        }

        _isUnderWay = true;
        (_sourcesUnderWay, _sources) = (_sources, []);
        return _facts.Take();
    }

    /// <summary>Answers the sources of the report under way, which is durable now.</summary>
    public void Acknowledge()
    {
        _isUnderWay = false;
        Answer(_sourcesUnderWay);
        _sourcesUnderWay = [];
    }

    private static void Answer(List<(IActorRef Source, object Answer)> sources)
    {
        foreach (var (source, answer) in sources)
            source.Tell(answer);
    }
}
