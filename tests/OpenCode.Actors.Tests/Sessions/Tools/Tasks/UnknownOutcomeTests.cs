using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;

namespace OpenCode.Actors.Tests.Sessions.Tools.Tasks;

/// <summary>A task of whose child it is not known whether it works: it does not, once its parent goes on.</summary>
public sealed class UnknownOutcomeTests : TaskKit
{
    private readonly SilentSessions _silent;

    public UnknownOutcomeTests() => _silent = new SilentSessions(() => Sessions);

    private protected override ISessions Children => _silent;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_child_is_aborted_before_the_parent_goes_on(bool isPrompt)
    {
        (_silent.LosesPrompts, _silent.LosesEnds) = (isPrompt, !isPrompt);

        var (parent, child) = await BeginAsync();

        Assert.Contains("no answer", Assert.IsType<ToolError>((await CallAsync(parent)).State).Error, StringComparison.Ordinal);
        Assert.Equal((SessionStatus.Busy, SessionStatus.Idle), (await StatusAsync(parent), await StatusAsync(child.Id)));
        Assert.Equal(MessageError.AbortedName, Assistant((await MessagesAsync(child.Id))[^1]).Error!.Name);
        Assert.Equal(["abort"], _silent.Aborted);
        var story = await LogAsync();
        var end = story.FindIndex(entry => entry.Type == "session.idle" && entry.SessionId == child.Id.Value);
        Assert.InRange(end, 0, story.FindLastIndex(entry => entry.Type == "message.updated" && entry.SessionId == parent.Value));
    }

    [Fact]
    public async Task A_child_that_refused_the_prompt_is_let_alone()
    {
        _silent.Refusal = new PromptRejected("no");

        var (parent, _) = await BeginAsync();

        Assert.IsType<ToolError>((await CallAsync(parent)).State);
        Assert.Empty(_silent.Aborted);
    }

    /// <summary>Sessions whose answers do not come.</summary>
    private sealed class SilentSessions(Func<ISessions> sessions) : ISessions
    {
        public bool LosesPrompts { get; set; }

        public bool LosesEnds { get; set; }

        public object? Refusal { get; set; }

        public List<string> Aborted { get; } = [];

        public Task<object> CreateAsync(Place place, CreateSession request, CancellationToken cancellationToken) => sessions().CreateAsync(place, request, cancellationToken);

        public Task<object> ForkAsync(SessionId sessionId, MessageId? before, CancellationToken cancellationToken) => sessions().ForkAsync(sessionId, before, cancellationToken);

        public async Task<object> AskAsync(SessionId sessionId, ISessionCommand command, CancellationToken cancellationToken)
        {
            if (command is Abort)
                Aborted.Add("abort");
            if (command is TakePrompt && Refusal is { } refusal)
                return refusal;

            var answer = await sessions().AskAsync(sessionId, command, cancellationToken);
            return command is TakePrompt && LosesPrompts ? Lost() : answer;
        }

        public Task<object> AskAsync(IIndexQuery query, CancellationToken cancellationToken) => sessions().AskAsync(query, cancellationToken);

        public Task<object> ReplyAsync(IRequestReply reply, SessionId? sessionId, CancellationToken cancellationToken) => sessions().ReplyAsync(reply, sessionId, cancellationToken);

        public Task<object> AwaitTurnAsync(SessionId sessionId, TurnId turn, long? openAt, CancellationToken cancellationToken) =>
            LosesEnds ? Task.FromResult<object>(Lost()) : sessions().AwaitTurnAsync(sessionId, turn, openAt, cancellationToken);

        private static Unavailable Lost() => new Unavailable("There was no answer in time.", TimeSpan.FromSeconds(1));
    }
}
