namespace OpenCode.Actors.Sessions.State;

/// <content>Names of commands (rule "Named commands"): rows in the batch of the effect.</content>
internal sealed partial class Decision
{
    /// <summary>Gets a value indicating whether something is to be written.</summary>
    public bool ChangesSomething => Events.Count > 0 || Changes.Count > 0;

    /// <summary>Notes that the command of a name is carried out, or refused.</summary>
    public void Done(string name, Outcome outcome)
    {
        State = State with { Names = State.Names.SetItem(name, new DoneName(outcome, Now)) };
        Put(Rows.Name, name, new NameRow(outcome.Kind, outcome.Message?.Value, Now, outcome.Refusal is { } refusal ? RefusalRow.Of(refusal) : null), RowJson.Default.NameRow);
    }

    /// <summary>Forgets a name.</summary>
    public void Forget(string name)
    {
        State = State with { Names = State.Names.Remove(name) };
        Drop(Rows.Name, name);
    }

    /// <summary>Notes by which command the session was deleted.</summary>
    public void Bury(string name)
    {
        State = State with { Tombstone = new Tombstone(name, Now) };
        Put(Rows.Tombstone, "", State.Tombstone!, RowJson.Default.Tombstone);
    }

    /// <summary>Forgets that the session was deleted.</summary>
    public void Unbury()
    {
        State = State with { Tombstone = null };
        Drop(Rows.Tombstone, "");
    }
}
