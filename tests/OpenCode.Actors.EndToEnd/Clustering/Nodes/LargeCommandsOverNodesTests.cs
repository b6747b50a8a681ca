using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Models;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions.Commands;

namespace OpenCode.Actors.EndToEnd.Clustering.Nodes;

/// <summary>Rule "Large bodies travel as rows": a command that no frame can hold reaches a session of another node.</summary>
public sealed class LargeCommandsOverNodesTests : NodesKit
{
    [Fact]
    public async Task A_prompt_of_2_MiB_reaches_a_session_of_another_node_and_leaves_no_row()
    {
        var nodes = await StartAsync(2);
        var session = await SessionOnAsync(nodes[1], nodes[0]);
        var text = new string('x', 2 << 20);

        var accepted = Assert.IsType<PromptAccepted>(await nodes[0].AskAsync(
            session, new TakePrompt(new Prompt([new TextPromptPart(text)]) { NoReply = true })));

        Assert.Empty(accepted.User.Parts); // Too large for a message as well: every node has them in its rows.
        var part = (await nodes[0].LogAsync()).Single(entry => entry.Type == "message.part.updated" && entry.SessionId == session.Value);
        Assert.True(part.Properties.Length > text.Length);
        Assert.Equal(0, Bodies.Count); // It went with the batch of the prompt.
    }

    [Fact]
    public async Task A_fork_with_a_prompt_of_2_MiB_is_made_on_whichever_node()
    {
        var nodes = await StartAsync(2);
        var session = await SessionOnAsync(nodes[1], nodes[0]);
        var text = new string('x', 2 << 20);
        var asked = new UserMessage(new MessageId("msg_1"), session, new MessageTime(1), "build", new ModelRef("p", "m"));
        var copied = new MessageWithParts(asked, [new TextPart(new PartId("prt_1"), session, asked.Id, text)]);
        var id = new SessionId("ses_fork");

        var created = Assert.IsType<Created>(await nodes[0].AskAsync(id, new CreateFork(new Place("/proj", "global"), "T (fork #1)", Permission: null, [copied])));

        Assert.Equal(id, created.Info.Id);
        var part = (await nodes[0].LogAsync()).Single(entry => entry.Type == "message.part.updated" && entry.SessionId == id.Value);
        Assert.True(part.Properties.Length > text.Length);
        Assert.Equal(0, Bodies.Count); // It went with the batch of the creation.
    }
}
