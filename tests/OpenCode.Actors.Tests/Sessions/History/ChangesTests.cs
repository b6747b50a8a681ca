using System.Collections.Immutable;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Models;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.History;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Tests.Sessions.History;

public sealed class ChangesTests
{
    [Fact]
    public void A_file_of_several_turns_is_listed_once()
    {
        var diffs = Changes.Of(After([File("b", 1, 0, "added")], [File("a", 1, 1, "modified"), File("b", 2, 1, "modified")]));

        Assert.Equal([("a", 1, 1, "modified"), ("b", 3, 1, "added")], diffs.Select(diff => (diff.File, diff.Additions, diff.Deletions, diff.Status)));
        Assert.Equal("patch\npatch\n", diffs[1].Patch);
    }

    [Fact]
    public void A_file_that_came_and_went_is_not_listed()
    {
        Assert.Empty(Changes.Of(After([File("a", 1, 0, "added")], [File("a", 0, 1, "deleted")])));
        Assert.Equal("deleted", Assert.Single(Changes.Of(After([File("a", 1, 0, "modified")], [File("a", 0, 1, "deleted")]))).Status);
    }

    [Fact]
    public void Patches_that_are_too_much_for_one_event_are_left_out_and_counts_stay()
    {
        var large = File("large", 9, 9, "modified") with { Patch = new string('x', Changes.MaxPatches - 1) };

        var cut = Changes.Cut([large, File("second", 1, 1, "modified"), File("third", 1, 1, "modified") with { Patch = "x" }]);

        Assert.Equal([Changes.MaxPatches - 1, null, 1], cut.Select(diff => diff.Patch?.Length));
        Assert.Equal([9, 1, 1], cut.Select(diff => diff.Additions));
    }

    private static FileDiff File(string name, int additions, int deletions, string status) => new(additions, deletions) { File = name, Patch = "patch\n", Status = status };

    private static SessionState After(params FileDiff[][] turns) => SessionState.None with
    {
        Messages = [.. turns.Select(static (diffs, number) => new MessageState(
            new UserMessage(new MessageId($"msg_{number}"), new SessionId("ses_1"), new MessageTime(1), "build", new ModelRef("p", "m")) { Summary = new UserMessageSummary(diffs) }, ImmutableList<OpenCode.Actors.Protocol.Parts.Part>.Empty))],
    };
}
