using OpenCode.Actors.Protocol.Events;

namespace OpenCode.Actors.Sessions.State;

/// <summary>The changes of a decision to a session that is deleted.</summary>
internal static class Deletion
{
    /// <summary>Stores that the session is being deleted.</summary>
    public static void BeginDeletion(this Decision decision)
    {
        decision.State = decision.State with { IsDeleting = true };
        decision.Put(Rows.Turn, Rows.Deletion, new DeletionRow(decision.Now), RowJson.Default.DeletionRow);
    }

    /// <summary>Ends the session: publishes its last event and removes all its rows but its tombstone.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="name">The name of the command; null leaves no tombstone.</param>
    public static void Delete(this Decision decision, string? name)
    {
        decision.Emit(new SessionDeleted(decision.Id, decision.Info));
        foreach (var message in decision.State.Messages)
        {
            decision.Drop(Rows.Message, message.Info.Id.Value);
            foreach (var part in message.Parts)
                decision.Drop(Rows.Part, part.Id.Value);
        }

        foreach (var key in decision.State.Keys.Keys.Order(StringComparer.Ordinal))
            decision.Drop(Rows.Key, key);
        foreach (var prompt in decision.State.Failures.Keys.Select(key => key.Value).Order(StringComparer.Ordinal))
            decision.Drop(Rows.Failure, prompt);
        foreach (var prompt in decision.State.AnsweredWith.Keys.Select(key => key.Value).Order(StringComparer.Ordinal))
            decision.Drop(Rows.AnsweredWith, prompt);
        foreach (var rule in decision.State.Learned.Keys)
            decision.Drop(Rows.Remember, rule);
        if (decision.State.Todos.Count > 0)
            decision.Drop(Rows.Todos, "");
        foreach (var done in decision.State.Names.Keys.Order(StringComparer.Ordinal))
            decision.Drop(Rows.Name, done);
        if (decision.State.IsDeleting)
            decision.Drop(Rows.Turn, Rows.Deletion);
        decision.EndUndo();
        decision.Drop(Rows.Session, "");
        decision.Drop(Rows.Head, "");
        decision.State = SessionState.None;
        if (name is not null)
            decision.AddTombstone(name);
    }
}
