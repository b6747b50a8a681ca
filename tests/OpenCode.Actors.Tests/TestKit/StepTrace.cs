using System.Reflection;
using Akka.Actor;
using Akka.Dispatch;

namespace OpenCode.Actors.Tests.TestKit;

/// <summary>A hash over the order of all steps and notes (FNV-1a), and their text where that is wanted.</summary>
internal sealed class StepTrace
{
    private static readonly PropertyInfo _actorOfMailbox = typeof(Mailbox).GetProperty("Actor", BindingFlags.NonPublic | BindingFlags.Instance)
        ?? throw new MissingMemberException("Mailbox.Actor: this version of Akka keeps the actor of a mailbox elsewhere.");

    public ulong Hash { get; private set; } = 14695981039346656037UL;

    /// <summary>Gets the text so far; null when only the hash is kept.</summary>
    public List<string>? Lines { get; private set; }

    public void KeepText() => Lines ??= [];

    /// <summary>Adds a step.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="step">The step.</param>
    /// <param name="key">What the hash takes for it: paths hold numbers that differ between processes.</param>
    /// <param name="choices">Out of how many it was chosen.</param>
    public void Add(long number, Step step, long key, int choices)
    {
        Mix((ulong)key);
        Mix((ulong)choices);
        Mix(step.What);
        Lines?.Add($"{number} 1/{choices} {(step.Run.Target is Mailbox mailbox ? PathOf(mailbox) : step.What)}");
    }

    public void Say(string note)
    {
        Mix(note);
        Lines?.Add("    " + note);
    }

    private static string PathOf(Mailbox mailbox) => ((ActorCell)_actorOfMailbox.GetValue(mailbox)!).Self.Path.ToStringWithoutAddress();

    private void Mix(string text)
    {
        foreach (var c in text)
            Mix(c);
    }

    private void Mix(ulong value) => Hash = unchecked((Hash ^ value) * 1099511628211UL);
}
