using System.Globalization;
using Akka.Actor;
using OpenCode.Actors.Protocol;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Reads;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Live;

/// <content>Commands about the session itself, and reading it.</content>
internal sealed partial class SessionActor
{
    private void OnCreate(Create message)
    {
        var (place, request) = message;
        if (_state.Info is not null)
        {
            Repeat(new Outcome(OutcomeKind.Created));
            return;
        }

        if (_state.Tombstone is not null)
        {
            Sender.Tell(new SessionNotFound(_id)); // A late copy: the session was deleted since.
            return;
        }

        Decide(decision =>
        {
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
            return new Outcome(OutcomeKind.Created);
        });
    }

    private void OnUpdate(Update message)
    {
        if (IsGone())
            return;

        // A title or archive time does not make a session newer: "updated" is about its messages.
        Decide(decision =>
        {
            decision.Update(decision.Info with
            {
                Title = message.Request.Title ?? decision.Info.Title,
                Permission = message.Request.Permission ?? decision.Info.Permission,
                Time = decision.Info.Time with { Archived = message.Request.Time?.Archived ?? decision.Info.Time.Archived },
            });
            return new Outcome(OutcomeKind.Updated);
        });
    }

    private void OnRead(ISessionRead read) => Sender.Tell(Reading.Answer(_id, _committed, read));
}
