using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.Tasks;

namespace OpenCode.Actors.EndToEnd.Clustering.Nodes;

/// <summary>Tasks of sessions that run on another node than the client is connected to. A child is of its parent's shard, and moves with it.</summary>
public sealed class TasksOverNodesTests : NodesKit
{
    [Fact]
    public async Task A_child_works_where_its_parent_runs_and_all_nodes_see_what_came_of_it()
    {
        var nodes = await StartWithTasksAsync(3);
        var parent = await SessionOnAsync(nodes[1], nodes[0]);

        var accepted = await PromptAsync(nodes[0], parent, "hello");
        await Eventually.TrueAsync(async () => await nodes[0].CountBusyAsync() == 0, "both turns are over");

        var child = await ChildAsync(nodes[2], parent);
        Assert.Contains(child.Value, Output(await MessagesAsync(nodes[2], parent)), StringComparison.Ordinal);
        Assert.Equal(["user", "assistant"], (await MessagesAsync(nodes[2], child)).Select(static message => message.Info.Role));
        Assert.True(accepted.IsOpen);
    }

    [Fact]
    public async Task When_its_node_is_killed_a_task_waits_on_for_its_child_and_gets_its_answer_on_another_node()
    {
        var nodes = await StartWithTasksAsync(2);
        var parent = await SessionOnAsync(nodes[1], nodes[0]);
        await PromptAsync(nodes[0], parent, "ask: Which colour? | Red | Blue");
        QuestionId? asked = null;
        await Eventually.TrueAsync(async () => (asked = await QuestionAsync(nodes[0])) is not null, "the child asks its user");
        var child = await ChildAsync(nodes[0], parent);

        await KillAsync(nodes[1], by: nodes[0]);
        await Eventually.TrueAsync(() => nodes[0].MembersUp == 1, "the other node is no member any more");
        Assert.Equal(asked, await QuestionAsync(nodes[0]));
        await Eventually.TrueAsync(async () => await nodes[0].Sessions.ReplyAsync(new ReplyQuestion(asked!.Value, [["Red"]]), null, CancellationToken.None) is not Unavailable, "the answer is taken");

        await Eventually.TrueAsync(async () => await nodes[0].CountBusyAsync() == 0, "both turns are over");
        Assert.Contains("Red", string.Concat((await MessagesAsync(nodes[0], child))[^1].Parts.OfType<TextPart>().Select(static part => part.Text)), StringComparison.Ordinal);
        Assert.Contains("Red", Output(await MessagesAsync(nodes[0], parent)), StringComparison.Ordinal);
    }

    private async Task<TestNode[]> StartWithTasksAsync(int count)
    {
        PermissionRule[] rules = [new("question", "*", PermissionAction.Allow)];
        var nodes = new TestNode[count];
        for (var i = 0; i < count; i++)
        {
            nodes[i] = await StartAsync($"n{i + 1}", options =>
            {
                options.Rules = rules;
                options.Tools = node =>
                {
                    Toolbox toolbox = null!;
                    return toolbox = new Toolbox([new TaskTool(new ChildSessions(() => node.Sessions, () => new TestModels(rules), () => toolbox))]);
                };
            });
        }

        await Eventually.TrueAsync(() => Array.TrueForAll(nodes, node => node.MembersUp == count), "all nodes are members");
        return nodes;
    }

    private static async Task<PromptAccepted> PromptAsync(TestNode via, SessionId session, string task) =>
        Assert.IsType<PromptAccepted>(await via.AskAsync(session, new TakePrompt(new Prompt([new SubtaskPromptPart(task, "A task", "general")]))));

    private static async Task<QuestionId?> QuestionAsync(TestNode node) =>
        (await node.Sessions.AskAsync(new IndexQuery.ListQuestions(), CancellationToken.None)) is IndexQuery.Questions { Requests: [var request] } ? request.Id : null;

    private static async Task<SessionId> ChildAsync(TestNode node, SessionId parent) =>
        Assert.Single(Assert.IsType<IndexQuery.Listed>(await node.Sessions.AskAsync(new IndexQuery.List(new SessionQuery()), CancellationToken.None)).Entries, entry => entry.ParentId == parent).Id;

    private static async Task<IReadOnlyList<MessageWithParts>> MessagesAsync(TestNode node, SessionId session) =>
        Assert.IsType<MessagePage>(await node.Sessions.AskAsync(session, new GetMessages(), CancellationToken.None)).Page;

    private static string Output(IReadOnlyList<MessageWithParts> messages) => Assert.IsType<ToolCompleted>(Assert.Single(messages[1].Parts.OfType<ToolPart>()).State).Output;
}
