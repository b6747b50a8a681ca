using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Sessions.State;
using OpenCode.Actors.Sessions.Structured;

namespace OpenCode.Actors.Sessions.Turns;

/// <summary>The most steps that an agent makes for one prompt (<c>steps</c>). The last one has no tools: the model reports its progress, and the turn is over.</summary>
internal static class StepLimit
{
    /// <summary>The text that the model gets in the last step.</summary>
    public const string Notice =
        """
        <reminder>
        This is the last step that the agent may take for this message, and no tool can be called in it. Answer in text: what was done, what is not done yet, and what should come next.
        </reminder>
        """;

    /// <summary>The text that the model gets in the last step of a turn with structured output.</summary>
    public const string StructuredNotice =
        $"""
        <reminder>
        This is the last step that the agent may take for this message, and only {StructuredOutputTool.Name} can be called in it. Call it with what is known now.
        </reminder>
        """;

    /// <summary>True if the step of the open turn is the last one. Steps are counted from the newest prompt that was taken up; a summary on the way is no step, and begins no count.</summary>
    public static bool IsLast(Decision decision) => TurnRules.AgentOf(decision)?.Steps is { } most && StepsOf(decision) >= most;

    private static int StepsOf(Decision decision)
    {
        var (count, asked) = (0, (MessageId?)decision.Turn.Asked);
        foreach (var message in decision.State.Messages.Reverse())
        {
            if (message.Info is AssistantMessage { Summary: not true } answer && (asked ??= answer.ParentId) == answer.ParentId)
                count += answer is { Finish: null, Error: null, Time.Completed: not null } ? 0 : 1; // A try that was too long is made again.
            else if (message.Info.Id == asked && !Continuations.IsOne(message))
                break;
            else if (message.Info.Id == asked)
                asked = null; // It goes on with what was answered before.
        }

        return count;
    }
}
