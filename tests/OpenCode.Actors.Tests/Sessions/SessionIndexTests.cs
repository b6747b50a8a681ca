using System.Text;
using System.Text.Json;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Index;

namespace OpenCode.Actors.Tests.Sessions;

[Collection(MemoryMeasuring.Name)]
public sealed class SessionIndexTests
{
    [Fact]
    public void A_session_that_sleeps_costs_less_than_2_kB_of_the_index()
    {
        // What other tests leave behind is collected at any time, and makes a figure smaller.
        var each = Enumerable.Range(0, 3).Max(static _ => Measure(10_000));

        Assert.InRange(each, 1, 1_500);
    }

    private static long Measure(int count)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var index = new SessionIndex();
        for (var i = 0; i < count; i++)
            index.Put(Entry(i));
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / count;

        Assert.Equal(count, index.List(new SessionQuery()).Count);
        return each;
    }

    [Fact]
    public void An_entry_that_changes_moves_to_the_front()
    {
        var index = new SessionIndex();
        index.Put(Entry(1));
        index.Put(Entry(2));
        index.Put(Entry(1) with { Updated = 99 });

        Assert.Equal([Entry(1).Id, Entry(2).Id], index.List(new SessionQuery()).Select(entry => entry.Id));
        index.Remove(Entry(1).Id);
        index.Remove(Entry(1).Id);
        Assert.Equal(1, index.Count);
    }

    [Theory]
    [InlineData("c2", "/repo", "/repo", "c1", "", true)] // the first root commit of a repository changes with its branches
    [InlineData("c2", "/repo", "/repo/src", "c1", "src", true)]
    [InlineData("c2", "/repo", "/repo", "global", "", true)] // before its first commit
    [InlineData("c2", "/repo", "/repo/src", "global", "repo/src", true)] // before it was a repository
    [InlineData("c2", "/repo", "/clone", "c2", "", true)]
    [InlineData("c2", "/repo", "/repo/inner", "c3", "", false)]
    [InlineData("c2", "/repo", "/repository", "global", "repository", false)]
    [InlineData("global", "/repo", "/repo/src", "global", "src", true)]
    [InlineData("global", "/repo", "/other", "global", "other", false)]
    [InlineData("global", null, "/other", "global", "other", true)]
    [InlineData("global", null, "/repo", "c2", "", false)]
    public void A_repository_has_the_sessions_of_its_folder_from_before_its_first_commit_too(string project, string? worktree, string directory, string began, string path, bool isFound)
    {
        var index = new SessionIndex();
        index.Put(Entry(1) with { Directory = directory, ProjectId = began, Path = path });

        Assert.Equal(isFound, index.List(new SessionQuery(ProjectId: project, Worktree: worktree)).Count == 1);
    }

    [Fact]
    public void An_entry_read_from_its_row_is_the_one_of_its_info()
    {
        var info = new Session(new SessionId("ses_1"), "slug", "global", "/proj/ü \"x\"", "A \"title\"", "1", new SessionTime(1, 2) { Archived = 3 })
        {
            Path = "sub",
            ParentId = new SessionId("ses_0"),
            Permission = [new PermissionRule("bash", "*", PermissionAction.Ask)],
        };
        var reader = new EntryReader();
        foreach (var each in (Session[])[info, info with { ParentId = null, Directory = "/other", Path = "" }, info])
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(each, ProtocolJson.Wire.Session);
            var owner = string.Concat("ses", "_1");
            var read = reader.Read(json, owner);
            Assert.Equal(SessionEntry.Of(each, read.Json), read);
            Assert.Same(owner, read.Id.Value);
            Assert.Equal(json, read.Json.ToArray());
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"id\":\"ses_1\"}")]
    public void A_row_that_is_no_session_is_refused(string row) =>
        Assert.Throws<JsonException>(() => new EntryReader().Read(Encoding.UTF8.GetBytes(row), "ses_1"));

    private static SessionEntry Entry(int i) => new(
        new SessionId($"ses_{i:D26}"), string.Concat("/proj/", "project"), string.Concat("glo", "bal"), "", null, $"New session - {i:D24}", i, new byte[500]);
}
