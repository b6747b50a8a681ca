using System.Text.Json;
using System.Text.RegularExpressions;
using Akka.Actor;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Reads;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Tests.Sessions.History;
using OpenCode.Actors.Tests.Sessions.Nodes;
using OpenCode.Actors.Tests.TestKit;
using Xunit.Abstractions;

namespace OpenCode.Actors.Tests.Sessions.Turns;

/// <summary>Prompts, formats, summaries, overflows, permissions, aborts, drains, stops and kills meet in any order: each prompt is answered, and none is lost to the model or told to it twice.</summary>
public sealed partial class MeetingsWalkTests(ITestOutputHelper output)
{
    private const ulong Seeds = 15;

    [Fact]
    public async Task Each_prompt_has_an_answer_and_stays_in_the_conversation_after_any_walk()
    {
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            await using var walk = new Walk(seed);
            try
            {
                await walk.InitializeAsync();
                await walk.RunAsync(steps: 30);
            }
            catch (Exception)
            {
                output.WriteLine($"seed {seed}: {string.Join(", ", walk.Steps)}");
                foreach (var record in walk.Logs.Records)
                    output.WriteLine($"{record.Message} {record.Exception?.Message}");
                throw;
            }
        }
    }

    [GeneratedRegex(@"\bp\d+\b")]
    private static partial Regex Token();

    private sealed class Walk : SessionsKit
    {
        private static readonly OutputFormat _format = new("json_schema") { Schema = JsonElement.Parse("""{"type":"object"}""") };

        private readonly SeededEntropy _dice;
        private readonly List<(string Token, bool IsAnswered, Task<object> Taken)> _prompts = [];
        private readonly HashSet<ScriptedAnswer> _ended = [];
        private readonly HashSet<ScriptedTool> _done = [];
        private readonly ScriptedSnapshots _snapshots;
        private NodeDrain _drain = new();
        private SessionId _session;

        public Walk(ulong seed)
            : base(seed) => (_dice, _snapshots) = (new SeededEntropy(seed), new ScriptedSnapshots(this));

        public List<string> Steps { get; } = [];

        private bool IsModelAsked => Model.Answers.Count > 0 && !_ended.Contains(Model.Answer);

        private ModelRequest Asked => Model.Requests[^1];

        private bool IsSummaryAsked => Asked.Messages is [UserTurn told] && told.Text.Contains("<conversation>", StringComparison.Ordinal);

        public async Task RunAsync(int steps)
        {
            Config.Rules = [new("bash", "rm *", PermissionAction.Ask)];
            Model.Limit = new ModelLimit(10_000, 1_000);
            _session = Assert.IsType<Created>(await RunUntilAsync(Sessions.CreateAsync(new Place(Directory, "abc"), new() { Title = "T" }, CancellationToken.None))).Info.Id;
            for (var i = 0; i < steps; i++)
            {
                await StepAsync();
                if (_dice.Next(4) > 0)
                    await RunDryAsync();
            }

            await SettleAsync();
            await CheckAnswersAsync();
            await CheckConversationAsync();
            Assert.DoesNotContain(Logs.Records, static record => record.Level >= LogLevel.Error);
            Assert.Empty(Unhandled);
        }

        private protected override SessionSetup Arrange(SessionSetup setup) => setup with { Claims = new ScriptedClaims(), Drain = _drain = new NodeDrain(), Snapshots = _snapshots };

        private async Task StepAsync()
        {
            var step = _dice.Next(18);
            switch (step)
            {
                case 0 or 1 or 2:
                    Ask("prompt", isAnswered: true, static prompt => prompt);
                    break;
                case 3:
                    Ask("format", isAnswered: true, static prompt => prompt with { Format = _format });
                    break;
                case 4:
                    Ask("note", isAnswered: false, static prompt => prompt with { NoReply = true });
                    break;
                case 5:
                    Note("summarize");
                    _ = Begin(_session, new Summarize(new SummarizeSession("mock", "mock-1")));
                    break;
                case 6 when IsModelAsked:
                    End("overflow", static answer => answer.Fail(new ModelException("too long", retryable: false, 400) { IsContextOverflow = true }));
                    break;
                case 7 when IsModelAsked:
                    End("fail", static answer => answer.Fail(new ModelException("no", retryable: false, 400)));
                    break;
                case 8 or 9 when IsModelAsked:
                    Answer();
                    break;
                case 10 or 11 when IsModelAsked && Asked.Tools.Count > 0:
                    var (command, used) = (_dice.Next(2) == 0 ? "ls" : "rm x", _dice.Next(3) == 0 ? 9_500 : 10);
                    End($"tool {command} {used}", answer => answer.Bash($"c{Model.Answers.Count}", command).End(FinishReason.ToolCalls, used));
                    break;
                case 12 when Tools.Started.Count > 0:
                    EndTools();
                    break;
                case 13 when await PermissionsAsync() is [.., var request]:
                    var reply = _dice.Next(4);
                    Note($"reply {reply}");
                    _ = Begin(_session, new ReplyPermission(request.Id, reply < 2 ? PermissionAnswer.Once : PermissionAnswer.Reject, reply == 2 ? "not so" : null));
                    break;
                case 14:
                    Note("abort");
                    _ = Begin(_session, new Abort());
                    break;
                case 15 when _dice.Next(2) == 0:
                    Note("kill");
                    await KillAndStartAsync();
                    break;
                case 16 when _dice.Next(2) == 0:
                    Note("stop");
                    await AskAsync<LocalSessionRegion.Quiesced>(Region, new LocalSessionRegion.Quiesce());
                    await KillAndStartAsync();
                    break;
                case 17 when !_drain.HasBegun:
                    Note("drain");
                    _drain.Begin();
                    break;
                case 17:
                    await MoveAsync();
                    break;
                default:
                    break;
            }
        }

        private void Note(string step) => Steps.Add(step);

        private void Ask(string kind, bool isAnswered, Func<Prompt, Prompt> change)
        {
            var token = $"p{_prompts.Count}";
            Note($"{kind} {token}");
            _prompts.Add((token, isAnswered, Begin(_session, new TakePrompt(change(new Prompt([new TextPromptPart(token)]))))));
        }

        private void End(string step, Action<ScriptedAnswer> end)
        {
            Note(step);
            _ended.Add(Model.Answer);
            end(Model.Answer);
        }

        // A summary repeats its input; what wants an object gets one, mostly.
        private void Answer()
        {
            if (IsSummaryAsked)
            {
                var told = string.Join(' ', Token().Matches(((UserTurn)Asked.Messages[0]).Text).Select(static match => match.Value).Distinct());
                End($"summary of {told}", answer => answer.Say($"sum {told}").End());
            }
            else if (Asked.Options.MustCallTool && _dice.Next(4) > 0)
            {
                End("object", answer => answer.Call($"c{Model.Answers.Count}", "StructuredOutput", "{}").EndWithCalls());
            }
            else
            {
                var used = _dice.Next(4) == 0 ? 9_500 : 10;
                End($"answer {used}", answer => answer.Say("said").End(input: used));
            }
        }

        private void EndTools()
        {
            foreach (var tool in Tools.Started.Where(tool => !tool.IsStopped && _done.Add(tool)))
            {
                Note("tool ends");
                tool.End("out");
            }
        }

        private async Task MoveAsync()
        {
            Note("move");
            await AskAsync<Awake>(_session, Wake.Instance);
            ((ActorRefWithCell)Region).GetSingleChild(_session.Value).Tell(new Leave());
            await RunDryAsync();
            await KillAndStartAsync();
            await AskAsync<Awake>(_session, Wake.Instance);
        }

        private async Task SettleAsync()
        {
            Note("settle");
            if (_drain.HasBegun)
                await MoveAsync();
            for (var i = 0; i < 60; i++)
            {
                await RunDryAsync();
                await AskAsync<Awake>(_session, Wake.Instance);
                foreach (var request in await PermissionsAsync())
                    await AskAsync<RequestAnswered>(_session, new ReplyPermission(request.Id, PermissionAnswer.Once, null));
                EndTools();
                await RunDryAsync();
                if (await StatusAsync(_session) == SessionStatus.Idle)
                    return;
                if (IsModelAsked)
                    Answer();
            }

            Assert.Fail("The session does not come to rest.");
        }

        // A kill leaves some without an answer.
        private static async Task<PromptAccepted?> TakenAsync(Task<object> taken) => taken.IsCompletedSuccessfully ? await taken as PromptAccepted : null;

        private async Task CheckAnswersAsync()
        {
            foreach (var (token, isAnswered, taken) in _prompts)
            {
                if (!isAnswered || await TakenAsync(taken) is not { } accepted)
                    continue;

                var end = (await EndOfAsync(_session, accepted)).Message;
                var info = Assert.IsType<AssistantMessage>(end.Info);
                Assert.True(info.Error is not null || end.Parts.Any(static part => part is ToolPart or TextPart { Text.Length: > 0 }), $"{token} has an empty answer.");
                Assert.False(info.Summary == true, $"{token} is answered by a summary.");
            }
        }

        private async Task CheckConversationAsync()
        {
            Ask("prompt", isAnswered: true, static prompt => prompt);
            var last = _prompts[^1].Token;
            await SettleAsync();
            var request = Model.Requests.FindLast(asked => asked.Messages.Any(message => message is UserTurn turn && turn.Text == last))!;
            var users = request.Messages.OfType<UserTurn>().Select(static turn => turn.Text).ToList();
            var all = string.Join(' ', request.Messages.Select(static message => message is UserTurn user ? user.Text : message is AssistantTurn answer ? answer.Text : ""));
            foreach (var (token, _, taken) in _prompts)
            {
                if (await TakenAsync(taken) is null)
                    continue;

                Assert.True(Token().Matches(all).Any(match => match.Value == token), $"{token} is lost: {all}");
                Assert.True(users.Count(text => text == token) <= 1, $"{token} is told twice: {all}");
            }
        }
    }
}
