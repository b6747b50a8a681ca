using System.Text.Json;
using Akka.Actor;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Journal;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Tests.TestKit;
using Xunit.Abstractions;

namespace OpenCode.Actors.Tests.Sessions;

/// <summary>Users, model, tools and power do anything at any time; whatever they do, the log agrees with what is read, and every turn in it has an end.</summary>
public sealed class RandomWalkTests(ITestOutputHelper output)
{
    private const ulong Seeds = 150;

    [Fact]
    public async Task The_fold_of_the_log_is_what_is_read_after_any_walk() => await WalkAsync(breaksActors: false);

    [Fact]
    public async Task The_fold_of_the_log_is_what_is_read_also_when_actors_and_the_journal_fail_on_the_way() => await WalkAsync(breaksActors: true);

    [Fact]
    public async Task The_same_seed_walks_the_same_way()
    {
        for (ulong seed = 1; seed <= 20; seed++)
            Assert.Equal(await WalkAsync(seed, breaksActors: true), await WalkAsync(seed, breaksActors: true));
    }

    private async Task WalkAsync(bool breaksActors)
    {
        for (ulong seed = 1; seed <= Seeds; seed++)
            await WalkAsync(seed, breaksActors);
    }

    private async Task<(ulong Trace, long Steps)> WalkAsync(ulong seed, bool breaksActors)
    {
        await using var walk = new Walk(seed, breaksActors);
        try
        {
            await walk.InitializeAsync();
            await walk.RunAsync(steps: 60);
            return (walk.Simulation.TraceHash, walk.Simulation.Steps);
        }
        catch (Exception)
        {
            output.WriteLine($"seed {seed}, steps {string.Join(' ', walk.Steps)}");
            foreach (var record in walk.Logs.Records)
                output.WriteLine($"{record.Message} {record.Exception?.Message}");
            throw;
        }
    }

    private sealed class Walk(ulong seed, bool breaksActors) : SessionsKit(seed)
    {
        private static readonly SessionId _unmakable = new("ses_unmakable");

        private readonly SeededEntropy _dice = new(seed);
        private readonly List<Task<object>> _waits = [];

        public List<int> Steps { get; } = [];

        public async Task RunAsync(int steps)
        {
            Config.Rules = [new("bash", "rm *", PermissionAction.Ask)];
            var session = await CreateAsync();
            Simulation.TimeRace = 0.1;
            for (var i = 0; i < steps; i++)
                await StepAsync(session);

            Simulation.TimeRace = 0;
            Disk.ReleaseSyncs();
            await RunDryAsync();
            Faulty.Heal();
            if (breaksActors)
                Time.Advance(TimeSpan.FromMinutes(2)); // A session that failed three times is served again, and the log is followed.
            await AskAsync<Aborted>(session.Id, new Abort());
            await CheckAsync(session);
            await KillAndStartAsync();
            await CheckAsync(session);
        }

        private async Task StepAsync(Session session)
        {
            var step = _dice.Next(breaksActors ? 20 : 16);
            Steps.Add(step);
            switch (step)
            {
                case 0 or 1:
                    _ = Begin(session.Id, Prompt($"p{_dice.Next(100)}"));
                    break;
                case 2 or 3 or 4 when Model.Answers.Count > 0:
                    Model.Answer.Say($"w{_dice.Next(100)} ");
                    break;
                case 5 when Model.Answers.Count > 0:
                    Model.Answer.Think("hm ");
                    break;
                case 6 when Model.Answers.Count > 0:
                    Model.Answer.Bash($"c{_dice.Next(1_000_000)}", _dice.Next(2) == 0 ? "ls" : "rm x");
                    break;
                case 7 or 8 when Model.Answers.Count > 0:
                    Model.Answer.End(FinishReason.ToolCalls);
                    break;
                case 9 when Model.Answers.Count > 0:
                    Model.Answer.Fail(new ModelException("no", retryable: _dice.Next(2) == 0));
                    break;
                case 10 when Tools.Started.Count > 0:
                    Tools.Tool.Output($"o{_dice.Next(100)}");
                    break;
                case 11 when Tools.Started.Count > 0:
                    Tools.Tool.End("out");
                    break;
                case 12 when await TryListPermissionsAsync() is [.., var request]:
                    _ = Begin(request.SessionId, new ReplyPermission(request.Id, (PermissionAnswer)_dice.Next(3)));
                    break;
                case 13:
                    _waits.Add(Begin(session.Id, new Abort()));
                    break;
                case 14:
                    Time.Advance(TimeSpan.FromSeconds(_dice.Next(5)));
                    break;
                case 15:
                    await AnyPowerAsync();
                    break;
                case 16:
                    JournalActor.Tell(new JournalActor.Recover(null!)); // Not a valid message, nor are the next two.
                    break;
                case 17:
                    Index.Tell(new IndexQuery.List(null!));
                    break;
                case 18:
                    Region.Tell(new Deliver(_unmakable, new Abort()));
                    break;
                case 19:
                    AnyFault();
                    break;
                default:
                    break;
            }

            if (_dice.Next(3) > 0)
                await RunDryAsync();
        }

        private protected override Props PropsFor(SessionId id) => id == _unmakable ? throw new TimeoutException("planned") : base.PropsFor(id);

        private void AnyFault()
        {
            switch (_dice.Next(4))
            {
                case 0:
                    Faulty.LoadFaults = 1 + _dice.Next(2);
                    break;
                case 1:
                    Faulty.ReadFaults = 1 + _dice.Next(2);
                    break;
                case 2:
                    Faulty.TrimmedReads = 1;
                    break;
                default:
                    Faulty.ListFaults = 1;
                    break;
            }
        }

        // The index may be waiting for a log that cannot be read now.
        private async Task<IReadOnlyList<PermissionRequest>> TryListPermissionsAsync()
        {
            var listed = Index.Ask<object>(new IndexQuery.ListPermissions());
            await RunDryAsync();
            return listed is { IsCompletedSuccessfully: true, Result: IndexQuery.Permissions permissions } ? permissions.Requests : [];
        }

        private async Task AnyPowerAsync()
        {
            switch (_dice.Next(4))
            {
                case 0:
                    Disk.HoldSyncs();
                    break;
                case 1:
                    Disk.ReleaseSyncs();
                    break;
                case 2:
                    Disk.ReleaseSyncs();
                    await KillAndStartAsync();
                    break;
                default:
                    break;
            }
        }

        private async Task CheckAsync(Session session)
        {
            var read = await MessagesAsync(session.Id);
            var log = await LogAsync();
            var told = LogFold.MessagesOf(log);

            Assert.Equal(Encode(told), Encode(read));
            Assert.IsType<IdleStatus>(await StatusAsync(session.Id));
            Assert.Empty(await PermissionsAsync());
            Assert.Equal(["status idle", "idle"], (await StoryAsync()).FindAll(line => line is "idle" || line.StartsWith("status", StringComparison.Ordinal))[^2..]);
            Assert.DoesNotContain(read.SelectMany(message => message.Parts), part => part is ToolPart { State: ToolPending or ToolRunning });
            Assert.All(read, message => Assert.True(message.Info is UserMessage or AssistantMessage { Time.Completed: not null }));
            var numbers = log.Where(entry => entry.Sequence >= 0).Select(entry => entry.Sequence).ToList();
            Assert.Equal(Enumerable.Range(0, numbers.Count).Select(n => (long)n), numbers);
            var ids = read.Select(message => message.Info.Id.Value).ToList();
            Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        }

        private static string Encode(IReadOnlyList<MessageWithParts> messages) =>
            JsonSerializer.Serialize(messages, ProtocolJson.Wire.IReadOnlyListMessageWithParts);
    }
}
