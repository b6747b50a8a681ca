using Akka.Actor;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Sessions.Runs;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Live;

/// <summary>What is done when a decision is committed: an answer, an order for the run, or its next credit.</summary>
/// <param name="ReplyTo">Gets the answer, or the refusal if the commit fails.</param>
/// <param name="Answer">Makes the answer, given the offset of the last event that is committed.</param>
/// <param name="Order">The order.</param>
/// <param name="Credit">The run whose report this was.</param>
/// <param name="Name">The name of the command that is answered.</param>
internal readonly record struct Completion(IActorRef? ReplyTo = null, Func<long, object>? Answer = null, RunOrder? Order = null, RunId? Credit = null, string? Name = null);

/// <summary>Holds the decisions made while an append is under way. The next append takes all of them (rule "One append outstanding").</summary>
internal sealed class Outbox
{
    private List<PendingEvent> _events = [];
    private List<StateChange> _changes = [];
    private List<string> _usedBodies = [];
    private List<Completion> _completions = [];

    /// <summary>Gets a value indicating whether nothing waits.</summary>
    public bool IsEmpty => _events.Count == 0 && _changes.Count == 0 && _usedBodies.Count == 0 && _completions.Count == 0;

    /// <summary>Adds a decision. A delta that follows one of its part becomes one with it.</summary>
    public void Add(Decision decision)
    {
        foreach (var next in decision.Events)
        {
            if (next is not DeltaEvent delta || _events is not [.., DeltaEvent last] || !last.TryJoin(delta))
                _events.Add(next);
        }

        _changes.AddRange(decision.Changes);
        if (decision.UsedBody is { } key)
            _usedBodies.Add(key);
        foreach (var order in decision.Orders)
            _completions.Add(new Completion(Order: order));
    }

    /// <summary>Adds what is to be done when all that was added so far is committed.</summary>
    public void Add(Completion completion) => _completions.Add(completion);

    /// <summary>Gets what is to be done when all of it is committed.</summary>
    public IReadOnlyList<Completion> Completions => _completions;

    /// <summary>Takes all of it.</summary>
    public (List<PendingEvent> Events, List<StateChange> Changes, List<string> UsedBodies, List<Completion> Completions) Take()
    {
        var taken = (_events, _changes, _usedBodies, _completions);
        (_events, _changes, _usedBodies, _completions) = ([], [], [], []);
        return taken;
    }
}
