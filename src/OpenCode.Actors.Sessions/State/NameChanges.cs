namespace OpenCode.Actors.Sessions.State;

/// <summary>What a decision does to the names of commands (rule "Named commands"): rows in the batch of the effect.</summary>
internal static class NameChanges
{
    /// <summary>Notes that the command of a name is carried out, or refused.</summary>
    public static void Done(this Decision decision, string name, Outcome outcome)
    {
        decision.State = decision.State with { Names = decision.State.Names.SetItem(name, new DoneName(outcome, decision.Now)) };
        decision.Put(Rows.Name, name, new NameRow(outcome.Kind, outcome.Message?.Value, decision.Now, outcome.Refusal is { } refusal ? RefusalRow.Of(refusal) : null), RowJson.Default.NameRow);
    }

    /// <summary>Forgets a name.</summary>
    public static void Forget(this Decision decision, string name)
    {
        decision.State = decision.State with { Names = decision.State.Names.Remove(name) };
        decision.Drop(Rows.Name, name);
    }

    /// <summary>Notes by which command the session was deleted.</summary>
    public static void Bury(this Decision decision, string name)
    {
        decision.State = decision.State with { Tombstone = new Tombstone(name, decision.Now) };
        decision.Put(Rows.Tombstone, "", decision.State.Tombstone!, RowJson.Default.Tombstone);
    }

    /// <summary>Forgets that the session was deleted.</summary>
    public static void Unbury(this Decision decision)
    {
        decision.State = decision.State with { Tombstone = null };
        decision.Drop(Rows.Tombstone, "");
    }
}
