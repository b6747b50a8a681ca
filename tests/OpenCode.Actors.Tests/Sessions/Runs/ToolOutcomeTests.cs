using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Tests.Sessions.Runs;

public sealed class ToolOutcomeTests : SessionsKit
{
    private static readonly Todo[] _todos = [new("build", "in_progress", "high"), new("test", "pending", "low")];

    [Fact]
    public async Task Files_that_a_tool_wrote_and_a_new_list_are_told_before_its_end()
    {
        var session = await CreateAsync();
        await CallAsync(session.Id);
        var before = Journal.Head;

        Tools.Tool.End(["/proj/project/a.txt", "/proj/project/b.txt"], _todos);
        await RunDryAsync();

        Assert.Equal(["file.edited", "file.edited", "todo.updated", "tool completed"], (await StoryAsync(before)).Take(4));
        var part = (await MessagesAsync(session.Id)).SelectMany(static message => message.Parts).OfType<ToolPart>().Single();
        var attached = Assert.Single(Assert.IsType<ToolCompleted>(part.State).Attachments!);
        Assert.Equal(("image/png", "x.png", part.MessageId), (attached.Mime, attached.Filename, attached.MessageId));
        var result = Assert.IsType<ToolResult>(Model.Requests[^1].Messages[^1]);
        Assert.Equal([0], Assert.Single(result.Files).Decode().ToArray());
    }

    [Fact]
    public async Task The_list_survives_a_crash_and_goes_with_the_session()
    {
        var session = await CreateAsync();
        Assert.Empty(await TodosAsync(session.Id));
        await CallAsync(session.Id);
        Tools.Tool.End([], _todos);
        await RunDryAsync();

        await KillAndStartAsync();

        Assert.Equal(_todos, await TodosAsync(session.Id));
        Assert.IsType<Deleted>(await RunUntilAsync(Sessions.AskAsync(session.Id, new Delete(), CancellationToken.None)));
        Assert.IsType<SessionNotFound>(await RunUntilAsync(Sessions.AskAsync(session.Id, new GetTodos(), CancellationToken.None)));
        var rows = new List<string>();
        await foreach (var row in Journal.LoadAsync(session.Id.Value, CancellationToken.None))
            rows.Add(row.Kind);
        Assert.DoesNotContain(Rows.Todos, rows);
    }

    [Fact]
    public async Task An_empty_list_leaves_no_row()
    {
        var session = await CreateAsync();
        await CallAsync(session.Id);
        Tools.Tool.End([], _todos);
        await RunDryAsync();
        Model.Answer.Bash("c2", "x").EndWithCalls();
        await RunDryAsync();
        Tools.Tool.End([], []);
        await RunDryAsync();

        Assert.Empty(await TodosAsync(session.Id));
        await KillAndStartAsync();
        Assert.Empty(await TodosAsync(session.Id));
    }

    private async Task CallAsync(SessionId session)
    {
        await PromptAsync(session);
        Model.Answer.Bash("c1", "x").EndWithCalls();
        await RunDryAsync();
    }

    private async Task<IReadOnlyList<Todo>> TodosAsync(SessionId session) =>
        Assert.IsType<TodosFound>(await RunUntilAsync(Sessions.AskAsync(session, new GetTodos(), CancellationToken.None))).Todos;
}
