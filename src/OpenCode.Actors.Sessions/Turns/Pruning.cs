using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Turns;

/// <summary>Leaves the outputs of old tool calls out of requests to models, where configured. The parts keep them for people. The numbers are opencode's.</summary>
internal static class Pruning
{
    /// <summary>The text that a model gets in the place of such an output.</summary>
    public const string Notice = "(This output is old and no longer kept here. Call the tool again if it is needed.)";

    private const int KeptTurnCount = 2;
    private const int KeptCharacters = 40_000 * 4;
    private const int LeastCharacters = 20_000 * 4; // less is not worth that the provider's cache of the conversation is lost

    /// <summary>Marks the outputs that are old, at the end of a turn.</summary>
    public static void Prune(Decision decision)
    {
        if (!ContextRoom.RulesOf(decision).Prune)
            return;

        var (old, kept, turns) = (new List<ToolPart>(), 0L, 0);
        foreach (var message in decision.State.Messages.Reverse())
        {
            if (Summaries.IsSummary(message))
                break;
            turns += message.Info is UserMessage ? 1 : 0;
            foreach (var part in turns < KeptTurnCount ? [] : message.Parts.Reverse().OfType<ToolPart>().Where(IsTold))
            {
                kept += ((ToolCompleted)part.State).Output.Length;
                if (kept > KeptCharacters)
                    old.Add(part);
            }
        }

        if (old.Sum(static part => (long)((ToolCompleted)part.State).Output.Length) <= LeastCharacters)
            return;

        foreach (var part in old)
        {
            var state = (ToolCompleted)part.State;
            decision.Put(part with { State = state with { Time = state.Time with { Compacted = decision.Now } } });
        }
    }

    // A skill is an instruction, whatever its age.
    private static bool IsTold(ToolPart part) => part is { Tool: not "skill", State: ToolCompleted { Time.Compacted: null } };
}
