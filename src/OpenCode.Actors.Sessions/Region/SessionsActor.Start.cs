using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Questions;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Region;

/// <content>The start: the index is read, and sessions with an unfinished turn are woken first (remember-entities).</content>
internal sealed partial class SessionsActor
{
    private sealed record Surveyed(
        long Head, IReadOnlyList<SessionEntry> Entries, IReadOnlyList<SessionId> Unfinished, IReadOnlyList<(SessionId SessionId, PermissionRule Rule)> Rules)
    {
        // Asked for in the cluster alone: a single node wakes who waits, and is told by it.
        public IReadOnlyList<PermissionRequest> Permissions { get; init; } = [];

        public IReadOnlyList<QuestionRequest> Questions { get; init; } = [];
    }

    private sealed record SurveyFailed(Exception Cause);

    private sealed record SurveyAgain;

    private ValueTask BeginStart()
    {
        Context.Become(WhileStarting);
        Survey();
        return ValueTask.CompletedTask;
    }

    private void Survey() => Context.PipeTo(SurveyAsync(), surveyed => surveyed, cause => new SurveyFailed(cause));

    private async ValueTask<Surveyed> SurveyAsync()
    {
        var incarnation = Context.Incarnation;
        var head = await setup.Journal.CatchUpAsync(incarnation);
        var entries = new List<SessionEntry>();
        var reader = new EntryReader();
        await foreach (var row in setup.Journal.ListAsync(Rows.Session, incarnation))
            entries.Add(reader.Read(row.Json.Span, row.Owner));

        var unfinished = new List<SessionId>();
        await foreach (var row in setup.Journal.ListAsync(Rows.Turn, incarnation))
            unfinished.Add(new SessionId(row.Owner));

        var rules = new List<(SessionId SessionId, PermissionRule Rule)>();
        await foreach (var row in setup.Journal.ListAsync(Rows.Remember, incarnation))
            rules.Add((new SessionId(row.Owner), JsonSerializer.Deserialize(row.Json.Span, ProtocolJson.Wire.PermissionRule)!));

        var surveyed = new Surveyed(head, entries, unfinished, rules);
        return setup.Shards is null ? surveyed : surveyed with
        {
            Permissions = await ReadAsync(Rows.Permission, ProtocolJson.Wire.PermissionRequest, incarnation),
            Questions = await ReadAsync(Rows.Question, ProtocolJson.Wire.QuestionRequest, incarnation),
        };
    }

    private async ValueTask<IReadOnlyList<T>> ReadAsync<T>(string kind, JsonTypeInfo<T> json, CancellationToken cancellationToken)
    {
        var read = new List<T>();
        await foreach (var row in setup.Journal.ListAsync(kind, cancellationToken))
            read.Add(JsonSerializer.Deserialize(row.Json.Span, json)!);
        return read;
    }

    private ValueTask WhileStarting(object message)
    {
        switch (message)
        {
            case Surveyed m:
                return OnSurveyed(m);
            case SurveyFailed m:
                return OnSurveyFailed(m);
            case SurveyAgain:
                Survey();
                return ValueTask.CompletedTask;
            case Noted m:
                return OnNoted(m);
            case Awake m:
                TeachRules(m.SessionId);
                return OnSettled(m.SessionId);
            case Terminated m:
                Forget(m.Actor);
                return OnSettled(new SessionId(m.Actor.Path.Name));
            case Passivate or Stay or Gone or Wake:
                return ReceiveAsync(message);
            default:
                return KeepForLater();
        }
    }

    private ValueTask OnSurveyFailed(SurveyFailed message)
    {
        LogSurveyFailed(_logger, message.Cause);
        Context.Timers.StartSingle(nameof(SurveyAgain), new SurveyAgain(), _retryAfter);
        return ValueTask.CompletedTask;
    }

    private ValueTask OnSurveyed(Surveyed message)
    {
        foreach (var entry in message.Entries)
            _index.Put(entry);
        foreach (var (id, rule) in message.Rules)
        {
            if (_index.TryGet(id, out var entry))
                LearnRules(entry.Directory, [rule]);
        }

        LogStarted(_logger, _index.Count, message.Unfinished.Count);
        if (_gate is not null)
        {
            BeginFollowing(message);
            return BeReadyIfSettled();
        }

        foreach (var id in message.Unfinished)
        {
            if (_index.TryGet(id, out _) && _recovering.Add(id))
                AwakeChild(id);
        }

        return BeReadyIfSettled();
    }

    private ValueTask OnSettled(SessionId id)
    {
        _recovering.Remove(id);
        return BeReadyIfSettled();
    }

    private ValueTask BeReadyIfSettled()
    {
        if (_recovering.Count > 0)
            return ValueTask.CompletedTask;

        Context.Unbecome();
        Context.Stash.UnstashAll();
        return ValueTask.CompletedTask;
    }

    private ValueTask KeepForLater()
    {
        if (Context.Stash.Count >= MaxWaitingForStart)
            return Answer(new Unavailable("The server is starting and has more to do than it can take.", _retryAfter));

        Context.Stash.Stash();
        return ValueTask.CompletedTask;
    }

    [LoggerMessage(EventId = 6031, Level = LogLevel.Information, Message = "{Sessions} sessions in the journal, {Unfinished} of them with an unfinished turn.")]
    private static partial void LogStarted(ILogger logger, int sessions, int unfinished);

    [LoggerMessage(EventId = 6032, Level = LogLevel.Error, Message = "The sessions could not be read from the journal; trying again.")]
    private static partial void LogSurveyFailed(ILogger logger, Exception cause);
}
