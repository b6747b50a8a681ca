using Microsoft.Extensions.Logging.Abstractions;
using OpenCode.Actors.Sessions.Instructions;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Tests.Sessions.Files;
using OpenCode.Actors.Tests.Sessions.ShellLines;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Sessions.Instructions;

public sealed class TurnInstructionsTests : IInstructionConfig, IInstructionFetcher, IChatModel
{
    private static readonly PromptContext _briefing = new("ses_1", "/p", "mock/m", null);

    private readonly MemoryFiles _files = new();
    private readonly List<string?> _systems = [];
    private readonly SystemPrompts _prompts;

    public TurnInstructionsTests() => _prompts = new SystemPrompts(_files, this, new InstructionPages(this, new VirtualTime()), new ScriptedPaths(), new VirtualTime(), NullLogger<SystemPrompts>.Instance);

    [Fact]
    public async Task The_steps_of_a_turn_have_the_same_system_prompt_and_the_next_turn_has_what_changed()
    {
        _files.Add("/p/AGENTS.md", "FIRST");
        var turn = new TurnInstructions(_prompts);
        await StepAsync(turn, _briefing);
        _files.Add("/p/AGENTS.md", "SECOND");

        await StepAsync(turn, _briefing with { });
        await StepAsync(new TurnInstructions(_prompts), _briefing);

        Assert.Equal(_systems[0], _systems[1]);
        Assert.Contains("FIRST", _systems[0], StringComparison.Ordinal);
        Assert.Contains("SECOND", _systems[2], StringComparison.Ordinal);
        Assert.EndsWith("\nof the prompt\n", _systems[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_agent_in_the_turn_has_its_own()
    {
        var turn = new TurnInstructions(_prompts);

        await StepAsync(turn, _briefing);
        await StepAsync(turn, _briefing with { AgentPrompt = "You review." });

        Assert.StartsWith("You are opencode", _systems[0], StringComparison.Ordinal);
        Assert.StartsWith("You review.", _systems[1], StringComparison.Ordinal);
    }

    InstructionSources IInstructionConfig.For(string directory) => new("/home", [], []);

    Task<string> IInstructionFetcher.GetAsync(Uri url, int mostCharacters, CancellationToken cancellationToken) => throw new HttpRequestException("none");

    async IAsyncEnumerable<ModelChunk> IChatModel.StreamAsync(ModelRequest request, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _systems.Add(request.System);
        await Task.CompletedTask;
        yield return new Finished(FinishReason.Stop, TokenUsage.None);
    }

    private async Task StepAsync(TurnInstructions turn, PromptContext briefing)
    {
        await foreach (var chunk in turn.On(this, briefing).StreamAsync(new ModelRequest("m", "of the prompt", [], []), CancellationToken.None))
            Assert.IsType<Finished>(chunk);
    }
}
