using System.Collections.Immutable;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Sessions;

namespace OpenCode.Actors.Sessions.Region;

/// <content>What is going on over all sessions: status, and what waits for its user; and the rules that a location has learned.</content>
internal sealed partial class SessionsActor
{
    private ValueTask OnListStatus(ListStatus message) => Answer(new Statuses(
        Active(message.Directory).Where(static active => active.Notes.Status is not IdleStatus).ToImmutableSortedDictionary(
            static active => active.Id, static active => active.Notes.Status, Comparer<SessionId>.Create(static (a, b) => string.CompareOrdinal(a.Value, b.Value)))));

    private ValueTask OnListPermissions(ListPermissions message) => Answer(new Permissions(
        [.. Active(message.Directory).SelectMany(static active => active.Notes.Permissions).OrderBy(static request => request.Id.Value, StringComparer.Ordinal)]));

    private ValueTask OnListQuestions(ListQuestions message) => Answer(new Questions(
        [.. Active(message.Directory).SelectMany(static active => active.Notes.Questions).OrderBy(static request => request.Id.Value, StringComparer.Ordinal)]));

    private IEnumerable<(SessionId Id, SessionNotes Notes)> Active(string? directory) =>
        from active in _active
        where _index.TryGet(active.Key, out var entry) && (directory is null || entry.Directory == directory)
        select (active.Key, active.Value);

    private SessionId? AskerOf(PermissionId request) => Asker(notes => notes.Permissions.Exists(waiting => waiting.Id == request));

    private SessionId? AskerOf(QuestionId request) => Asker(notes => notes.Questions.Exists(waiting => waiting.Id == request));

    private SessionId? Asker(Func<SessionNotes, bool> waits)
    {
        foreach (var (id, notes) in Active(null))
        {
            if (waits(notes))
                return id;
        }

        return null;
    }

    private ValueTask OnReplyPermission(ReplyPermission message)
    {
        if (AskerOf(message.RequestId) is not { } id || (message.SessionId is { } named && named != id))
            return Answer(new PermissionNotFound(message.RequestId));

        Hand(id, new SessionActor.ReplyPermission(message.RequestId, message.Answer, message.Feedback), Sender);
        return ValueTask.CompletedTask;
    }

    private ValueTask OnQuestion(QuestionId requestId, object command)
    {
        if (AskerOf(requestId) is not { } id)
            return Answer(new QuestionNotFound(requestId));

        Hand(id, command, Sender);
        return ValueTask.CompletedTask;
    }

    // "always" holds for the location, for as long as the session that was asked exists: its rows keep the rule.
    private void LearnRules(string directory, IReadOnlyList<PermissionRule> rules)
    {
        var known = _learned.GetValueOrDefault(directory, []);
        var all = known.AddRange(rules.Where(rule => !known.Contains(rule)));
        if (all.Count == known.Count)
            return;

        _learned[directory] = all;
        foreach (var (id, child) in _children)
        {
            if (_index.TryGet(id, out var entry) && entry.Directory == directory)
                child.Ref.Tell(new SessionActor.Learn(all));
        }
    }

    private void TeachRules(SessionId id)
    {
        if (_index.TryGet(id, out var entry) && _learned.TryGetValue(entry.Directory, out var rules) && _children.TryGetValue(id, out var child))
            child.Ref.Tell(new SessionActor.Learn(rules));
    }
}
