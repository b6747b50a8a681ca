using System.Globalization;
using Akka.Actor;
using OpenCode.Actors.Protocol;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Sessions;

namespace OpenCode.Actors.Sessions;

/// <content>Commands about the session itself, and reading it.</content>
internal sealed partial class SessionActor
{
    private void OnCreate(Create message)
    {
        var (place, request) = message;
        Decide(
            decision =>
            {
                if (decision.State.Info is not null)
                    throw new InvalidOperationException($"{_id} exists already.");

                var created = _setup.Time.GetUtcNow();
                var kind = request.ParentId is null ? "New" : "Child";
                var title = request.Title ?? string.Create(CultureInfo.InvariantCulture, $"{kind} session - {created.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}");
                decision.Create(new Session(
                    _id, Slugs.Create(_setup.Entropy.Fill), place.ProjectId, place.Directory, title, OpenCodeVersion.Value, new SessionTime(decision.Now, decision.Now))
                {
                    Path = place.Path,
                    ParentId = request.ParentId,
                    Agent = request.Agent,
                    Model = request.Model,
                    Permission = request.Permission,
                });
            },
            (state, offset) => new Created(state.Info!, offset));
    }

    private void OnUpdate(Update message)
    {
        if (IsMissing())
            return;

        // A title or archive time does not make a session newer: "updated" is about its messages.
        Decide(
            decision => decision.Update(decision.Info with
            {
                Title = message.Request.Title ?? decision.Info.Title,
                Permission = message.Request.Permission ?? decision.Info.Permission,
                Time = decision.Info.Time with { Archived = message.Request.Time?.Archived ?? decision.Info.Time.Archived },
            }),
            (state, offset) => new Updated(state.Info!, offset));
    }

    private void OnGetMessages(GetMessages message)
    {
        if (_committed.Info is null)
        {
            Sender.Tell(new SessionNotFound(_id));
            return;
        }

        var all = _committed.Messages;
        var end = message.Before is { } before ? EndBefore(before) : all.Count;
        var start = message.Limit is { } limit ? Math.Max(0, end - limit) : 0;
        var page = all.GetRange(start, end - start).ConvertAll(_committed.View);
        Sender.Tell(new Messages(page, start > 0 && end > start ? all[start].Info.Id : null));
    }

    // A cursor may name a message that is gone: then what sorts before it is meant.
    private int EndBefore(MessageId before)
    {
        var index = _committed.Messages.FindIndex(message => message.Info.Id == before);
        return index >= 0 ? index : _committed.Messages.TakeWhile(message => string.CompareOrdinal(message.Info.Id.Value, before.Value) < 0).Count();
    }

    private void OnGetMessage(GetMessage message)
    {
        object answer = _committed.Info is null
            ? new SessionNotFound(_id)
            : _committed.Message(message.MessageId) is { } found ? new MessageFound(_committed.View(found)) : new MessageNotFound(message.MessageId);
        Sender.Tell(answer);
    }
}
