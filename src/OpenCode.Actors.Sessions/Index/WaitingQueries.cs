using Akka.Actor;
using Akka.Event;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Sessions.Commands;

namespace OpenCode.Actors.Sessions.Index;

/// <summary>The queries that wait until the index has followed the log up to the head at their arrival. Belongs to the index's actor, which alone touches it.</summary>
/// <remarks>One read of the log's head serves all queries that came before it began.</remarks>
/// <param name="journal">Reads the head.</param>
/// <param name="index">The index's actor. Gets <see cref="HeadRead"/> or <see cref="HeadNotRead"/>.</param>
/// <param name="stopped">Ends the reads.</param>
internal sealed class WaitingQueries(IJournal journal, IActorRef index, CancellationToken stopped)
{
    private const int MaxKept = 10_000;

    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(1);

    private readonly List<(long Head, IIndexQuery Query, IActorRef Asker)> _awaitingLog = [];
    private List<(IIndexQuery Query, IActorRef Asker)> _kept = [];
    private List<(IIndexQuery Query, IActorRef Asker)> _awaitingHead = [];
    private bool _isReading;

    /// <summary>The head of the log when the queries came.</summary>
    public sealed record HeadRead(long Head) : IDeadLetterSuppression;

    /// <summary>The head of the log could not be read: the queries are refused.</summary>
    public sealed record HeadNotRead(Exception Cause) : IDeadLetterSuppression;

    /// <summary>Keeps a query until <see cref="ReadHead"/>, or refuses it.</summary>
    public void Add(IIndexQuery query, IActorRef asker)
    {
        if (_kept.Count < MaxKept)
            _kept.Add((query, asker));
        else
            asker.Tell(new Unavailable("The server is starting, and too many requests wait for that. Send the request again.", _retryAfter));
    }

    /// <summary>Takes a query.</summary>
    public void Take(IIndexQuery query, IActorRef asker)
    {
        _kept.Add((query, asker));
        ReadHead();
    }

    /// <summary>Reads the head for the queries that were kept, unless that is under way: the next read then serves them.</summary>
    public void ReadHead()
    {
        if (_isReading || _kept.Count == 0)
            return;

        _isReading = true;
        (_awaitingHead, _kept) = (_kept, []);
        ReadHeadAsync().PipeTo(index, success: static head => new HeadRead(head), failure: static cause => new HeadNotRead(cause));
    }

    /// <summary>The head is read: its queries wait for the log up to it.</summary>
    public void OnRead(HeadRead read)
    {
        foreach (var (query, asker) in _awaitingHead)
            _awaitingLog.Add((read.Head, query, asker));
        EndRead();
    }

    /// <summary>The head could not be read: its queries are refused.</summary>
    public void OnNotRead(HeadNotRead failure)
    {
        foreach (var (_, asker) in _awaitingHead)
            asker.Tell(new Unavailable(failure.Cause.Message, _retryAfter));
        EndRead();
    }

    /// <summary>Answers the queries that wait for no more of the log than up to an offset.</summary>
    public void AnswerUpTo(long followed, Action<IIndexQuery, IActorRef> answer)
    {
        foreach (var (head, query, asker) in _awaitingLog)
        {
            if (head <= followed)
                answer(query, asker);
        }

        _awaitingLog.RemoveAll(waiting => waiting.Head <= followed);
    }

    /// <summary>Refuses all queries.</summary>
    public void RefuseAll(Unavailable refusal)
    {
        foreach (var asker in _kept.Concat(_awaitingHead).Select(static waiting => waiting.Asker).Concat(_awaitingLog.Select(static waiting => waiting.Asker)))
            asker.Tell(refusal);
    }

    private async Task<long> ReadHeadAsync() => await journal.CatchUpAsync(stopped);

    // The next read is begun once the index has answered what this one allows.
    private void EndRead() => (_isReading, _awaitingHead) = (false, []);
}
