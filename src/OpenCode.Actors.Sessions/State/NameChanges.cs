namespace OpenCode.Actors.Sessions.State;

/// <summary>The changes of a decision to the names of commands (rule "Named commands"): rows in the batch of the effect.</summary>
internal static class NameChanges
{
    /// <summary>Stores that a named command was executed, or refused.</summary>
    public static void Done(this Decision decision, string name, Outcome outcome)
    {
        decision.State = decision.State with { Names = decision.State.Names.SetItem(name, new DoneName(outcome, decision.Now)) };
        decision.Put(Rows.Name, name, new NameRow(outcome.Kind, outcome.Message?.Value, decision.Now, outcome.Refusal is { } refusal ? RefusalRow.Of(refusal) : null), RowJson.Default.NameRow);
    }

    /// <summary>Removes a name.</summary>
    public static void Forget(this Decision decision, string name)
    {
        decision.State = decision.State with { Names = decision.State.Names.Remove(name) };
        decision.Drop(Rows.Name, name);
    }

    /// <summary>Stores which command deleted the session.</summary>
    public static void AddTombstone(this Decision decision, string name)
    {
        decision.State = decision.State with { Tombstone = new Tombstone(name, decision.Now) };
        decision.Put(Rows.Tombstone, "", decision.State.Tombstone!, RowJson.Default.Tombstone);
    }

    /// <summary>Removes the tombstone of a deleted session.</summary>
    public static void RemoveTombstone(this Decision decision)
    {
        decision.State = decision.State with { Tombstone = null };
        decision.Drop(Rows.Tombstone, "");
    }
}
