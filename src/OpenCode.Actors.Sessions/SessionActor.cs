using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journaling;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Sessions.Runs;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions;

/// <summary>Owns one session: decides what a command or a report of its run does to it, and is the only writer of its events.</summary>
/// <remarks>
/// Commands and reports are decided on the tentative state, committed one batch at a time, and answered when they are durable; readers see the committed state (RULES C2).
/// Recovered from the journal on start and restart. Its mailbox is unbounded, because a lost report or journal answer would hang the turn; what outsiders may have in it
/// is bounded where they come in (<see cref="ISessions"/>).
/// </remarks>
internal sealed partial class SessionActor : Actor
{
    private const int MaxPutOff = 100_000;

    private readonly SessionId _id;
    private readonly IActorRef _journal;
    private readonly SessionSetup _setup;
    private readonly ILogger _logger;

    // The claim under which it was recovered, and writes: never a newer one. Null when there are no other nodes.
    private readonly Fence? _fence;

    // Two views of one session: what is durable, and what it will be when the outbox is.
    private SessionState _committed = SessionState.None;
    private SessionState _state = SessionState.None;

    // What other sessions of this location learned by "always"; told by the region.
    private IReadOnlyList<PermissionRule> _learned = [];

    public SessionActor(SessionId id, IActorRef journal, SessionSetup setup, Fence? fence)
    {
        _id = id;
        _fence = fence;
        _journal = journal;
        _setup = setup;
        _logger = setup.Loggers.CreateLogger<SessionActor>();
    }

    /// <summary>The region agrees that the session leaves memory.</summary>
    public sealed record Leave;

    /// <summary>What the sessions of this location have learned by <c>always</c>.</summary>
    public sealed record Learn(IReadOnlyList<PermissionRule> Rules) : INoInfluence;

    public static Props PropsFor(SessionId id, IActorRef journal, SessionSetup setup, Fence? fence = null) =>
        Props.Create(() => new SessionActor(id, journal, setup, fence)).WithMailbox(MailboxOptions.Unbounded).WithStashCapacity(MaxPutOff);

    // A run that fails is stopped; its Terminated closes the turn with the reason noted here.
    protected override SupervisorStrategy SupervisorStrategy => new OneForOne(decider: cause =>
    {
        _runFailure = cause;
        return Directive.Stop;
    });

    protected override ValueTask PreStartAsync()
    {
        _setup.Metrics.Awake(1);
        BeginRecovery();
        return ValueTask.CompletedTask;
    }

    protected override ValueTask ReceiveAsync(object message) => message switch
    {
        RunActor.Report m => OnReport(m),
        JournalAnswer m => OnJournalAnswer(m.Answer),
        Status.Failure m => OnJournalGone(m),
        Prompt m => OnPrompt(m),
        RunShell m => OnRunShell(m),
        AwaitTurn m => OnAwaitTurn(m),
        Abort => OnAbort(),
        Quiesce m => OnQuiesce(m),
        GetMessages m => OnGetMessages(m),
        GetMessage m => OnGetMessage(m),
        ReplyPermission m => OnReplyPermission(m),
        ReplyQuestion m => OnAnswerQuestion(m.RequestId, m.Answers),
        RejectQuestion m => OnAnswerQuestion(m.RequestId, null),
        Create m => OnCreate(m),
        Update m => OnUpdate(m),
        Delete => OnDelete(),
        Terminated m => OnRunEnded(m),
        StoreText => OnStoreText(),
        CloseAgain => OnCloseAgain(),
        Learn m => OnLearn(m),
        Suspend => OnSuspend(),
        Resume => OnResume(),
        ReceiveTimeout => OnReceiveTimeout(),
        Leave => OnLeave(),
        _ => Unhandled(message),
    };

    protected override ValueTask PostStopAsync()
    {
        _setup.Metrics.Awake(-1);
        if (_run is not null)
            _setup.Metrics.Running(-1);
        var unavailable = new Unavailable("The session was restarted; whether the command was carried out is unknown.", TimeSpan.FromSeconds(1));
        FailAll(unavailable);
        foreach (var closed in _onceClosed)
            closed.ReplyTo!.Tell(unavailable, Self);
        LoseWaiters();
        return ValueTask.CompletedTask;
    }

    private bool IsIdle => _state.Turn is null && _underWay is null && _outbox.IsEmpty && _waiters.Count == 0 && _closing is null;

    // Answers everyone but Create alike when there is no session.
    private bool IsMissing(IActorRef replyTo)
    {
        if (_state.Info is not null)
            return false;

        replyTo.Tell(new SessionNotFound(_id), Self);
        return true;
    }

    // The journal's actor has ended; what it was given is undecided for this session.
    private ValueTask OnJournalGone(Status.Failure message)
    {
        GiveUp(message.Cause.Message);
        return ValueTask.CompletedTask;
    }

    private ValueTask OnLearn(Learn message)
    {
        _learned = message.Rules;
        return ValueTask.CompletedTask;
    }

    private ValueTask OnReceiveTimeout()
    {
        if (IsIdle)
            Context.Parent.Tell(new SessionsActor.Passivate(_id), Self);

        return ValueTask.CompletedTask;
    }

    // The region keeps what comes from now on. What came before it agreed has been handled; if that was work, the session stays.
    private ValueTask OnLeave()
    {
        if (IsIdle)
            Context.Stop(Self);
        else
            Context.Parent.Tell(new SessionsActor.Stay(_id), Self);

        return ValueTask.CompletedTask;
    }
}
