using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Tests.Sessions;

namespace OpenCode.Actors.Tests.Simulation;

/// <summary>Plays the model and the tools: they speak, call, report, fail, crash or say nothing, as the dice say.</summary>
internal sealed class Provider(World world)
{
    private static readonly string[] _commands = ["ls", "ls", "rm x"];

    private readonly HashSet<ScriptedAnswer> _ended = [];
    private readonly Dictionary<ScriptedTool, int> _reports = [];
    private readonly HashSet<ScriptedTool> _done = [];
    private int _calls;

    private List<ScriptedAnswer> OpenAnswers => world.Model.Answers.FindAll(answer => !answer.WasCancelled && !_ended.Contains(answer));

    private List<ScriptedTool> OpenTools => world.Tools.Started.FindAll(tool => !tool.IsStopped && !_done.Contains(tool));

    /// <summary>The model does something, if it is asked.</summary>
    public void ModelActs()
    {
        if (OpenAnswers is not { Count: > 0 } open)
            return;

        var answer = world.Pick(open);
        switch (world.Dice.Next(14))
        {
            case < 6:
                answer.Say(world.OneIn(8) ? new string('w', 3_000) : $"w{world.Dice.Next(100)} ");
                break;
            case < 7:
                answer.Think("hm ");
                break;
            case < 9:
                answer.Bash($"c{++_calls}", world.Pick(_commands));
                break;
            case < 10:
                answer.Ask($"c{++_calls}", "Which?");
                break;
            case < 12:
                End(answer, FinishReason.ToolCalls);
                break;
            case < 13:
                End(answer, FinishReason.Stop);
                break;
            default:
                _ended.Add(answer);
                answer.Fail(new ModelException("no", retryable: world.OneIn(2)));
                break;
        }
    }

    /// <summary>A tool does something, if one is there. As every tool it has one report unanswered at most (rule "One append outstanding").</summary>
    public void ToolActs()
    {
        if (OpenTools is not { Count: > 0 } open)
            return;

        var tool = world.Pick(open);
        tool.IsStubborn |= world.OneIn(20);
        var mayReport = _reports.GetValueOrDefault(tool) <= tool.Continues;
        switch (world.Dice.Next(8))
        {
            case 0 when mayReport:
                Report(tool, () => tool.Begin());
                break;
            case < 4 when mayReport:
                Report(tool, () => tool.Output($"o{world.Dice.Next(100)}"));
                break;
            case < 6 when mayReport:
                End(tool);
                break;
            case 6 when mayReport:
                _done.Add(tool);
                tool.Fail("no such file");
                break;
            case 7 when world.OneIn(3):
                _done.Add(tool);
                tool.Crash();
                break;
        }
    }

    /// <summary>No more trouble: the model ends all answers, and the tools what they do.</summary>
    public void EndAll()
    {
        foreach (var answer in OpenAnswers)
            End(answer, FinishReason.Stop);
        foreach (var tool in OpenTools.Where(tool => _reports.GetValueOrDefault(tool) <= tool.Continues))
            End(tool);
    }

    private void End(ScriptedAnswer answer, FinishReason reason)
    {
        _ended.Add(answer);
        answer.End(reason);
    }

    private void End(ScriptedTool tool)
    {
        _done.Add(tool);
        tool.End("out");
    }

    private void Report(ScriptedTool tool, Action report)
    {
        _reports[tool] = _reports.GetValueOrDefault(tool) + 1;
        report();
    }
}
