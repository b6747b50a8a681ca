using System.Text.Json;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Sessions.State;
using OpenCode.Actors.Sessions.Tools.Tasks;

namespace OpenCode.Actors.Sessions.Turns;

/// <summary>Runs the tasks of a prompt: each is a call of <c>task</c> in a message of its own, before the model is called. It needs no permission: the user gave the task.</summary>
internal static class Subtasking
{
    /// <summary>Begins the next task of the prompts that the turn has taken up, and returns whether there was one.</summary>
    public static bool TryBegin(Decision decision, TurnState turn)
    {
        if (Subtasks.Next(decision.State, turn.Prompts.Take(turn.Taken)) is not { } task)
            return false;

        var asked = (UserMessage)decision.State.Message(task.MessageId)!.Info;
        var assistant = Stepping.NewAssistant(decision, asked with { Agent = task.Agent, Model = task.Model ?? asked.Model });
        decision.Put(turn with { Kind = TurnKind.Subtask, Assistant = assistant.Id });
        decision.Put(assistant);

        var input = JsonSerializer.SerializeToElement(new TaskCall(task.Prompt, task.Description, task.Agent, task.Command), TaskJson.Default.TaskCall);
        var part = new ToolPart(decision.NextPart(), decision.Id, assistant.Id, Subtasks.CallOf(task), TaskTool.Name, new ToolRunning(input, new PartTime(decision.Now)));
        decision.Put(part);
        ToolCalling.Start(decision, part, allowed: []);
        return true;
    }

    /// <summary>Ends the message of a task. After a task from a command, a message asks the model to continue.</summary>
    /// <returns>The turn as it is now.</returns>
    public static TurnState Complete(Decision decision)
    {
        var answer = (AssistantMessage)decision.Assistant.Info with { Finish = "tool-calls" };
        decision.Put(answer);
        decision.Put(answer with { Time = answer.Time with { Completed = decision.Now } });
        var turn = decision.Turn;
        var asked = (UserMessage)decision.State.Message(answer.ParentId)!.Info;
        var isOfCommand = decision.State.Message(asked.Id)!.Parts.Exists(part => part is SubtaskPart { Command: not null } task && decision.Assistant.Tool(Subtasks.CallOf(task)) is not null);
        if (turn.Rejected || !isOfCommand)
            return turn;

        var next = new UserMessage(decision.NextMessage(), decision.Id, new MessageTime(decision.Now), asked.Agent, asked.Model);
        decision.Put(next);
        decision.Put(new TextPart(decision.NextPart(), decision.Id, next.Id, Subtasks.ContinuePrompt) { Synthetic = true });
        decision.Put(turn with { Prompts = turn.Prompts.Add(next.Id) });
        return decision.Turn;
    }
}
