using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Turns;

/// <summary>The most steps that an agent makes for one prompt (<c>steps</c>). The last one is without tools: the model tells how far it came, and the turn is over.</summary>
internal static class StepLimit
{
    /// <summary>What the model is told in the last step.</summary>
    public const string Notice =
        """
        <reminder>
        This is the last step that the agent may take for this message, and no tool can be called in it. Answer in text: what was done, what is not done yet, and what should come next.
        </reminder>
        """;

    /// <summary>Tells whether the step of the open turn is the last one. Steps are counted from the newest prompt that was taken up.</summary>
    public static bool IsLast(Decision decision)
    {
        var asked = decision.Turn.Asked;
        return TurnRules.AgentOf(decision)?.Steps is { } most
            && decision.State.Messages.Reverse().TakeWhile(message => message.Info.Id != asked).Count(message => message.Info is AssistantMessage answer && answer.ParentId == asked) >= most;
    }
}
