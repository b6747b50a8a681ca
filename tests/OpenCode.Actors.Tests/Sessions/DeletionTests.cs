using Akka.Actor;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Live;
using OpenCode.Actors.Sessions.Region;

namespace OpenCode.Actors.Tests.Sessions;

/// <summary>Rule "Close the parent first": a deletion closes each parent before it lists the children, and goes on until nothing is left.</summary>
public sealed class DeletionTests : SessionsKit
{
    private static readonly PermissionRule[] _askForBash = [new("bash", "*", PermissionAction.Ask)];

    [Fact]
    public async Task The_run_of_the_parent_is_stopped_before_any_child_goes()
    {
        var parent = await CreateAsync();
        await CreateAsync(parent.Id);
        await PromptAsync(parent.Id);
        var before = Journal.Head;

        await AskAsync<Deleted>(Index, new IndexQuery.Delete(parent.Id));

        Assert.True(Model.Answer.WasCancelled);
        Assert.Equal(["assistant error=MessageAbortedError completed", "error MessageAbortedError", "status idle", "idle", "session.deleted", "session.deleted"], await StoryAsync(before));
    }

    [Fact]
    public async Task A_tree_is_deleted_from_below_whatever_its_shape()
    {
        var root = await CreateAsync();
        var (a, b) = (await CreateAsync(root.Id), await CreateAsync(root.Id));
        var (a1, a2, b1) = (await CreateAsync(a.Id), await CreateAsync(a.Id), await CreateAsync(b.Id));
        var other = await CreateAsync();

        var deleted = await AskAsync<Deleted>(Index, new IndexQuery.Delete(root.Id));

        var order = (await LogAsync()).Where(static entry => entry.Type == "session.deleted").Select(static entry => new SessionId(entry.SessionId!)).ToList();
        Assert.Equal(6, order.Count);
        foreach (var (child, parent) in (ReadOnlySpan<(Session, Session)>)[(a, root), (b, root), (a1, a), (a2, a), (b1, b)])
            Assert.True(order.IndexOf(child.Id) < order.IndexOf(parent.Id));
        Assert.Equal((root.Id, Journal.Head), (deleted.SessionId, deleted.Offset));
        Assert.Equal([other.Id], await ListAsync());
        Assert.Empty(await RowsAsync(root.Id));
    }

    [Fact]
    public async Task A_session_that_is_being_deleted_takes_nothing_and_can_still_be_read()
    {
        var session = await CreateAsync(permission: _askForBash);
        await PromptAsync(session.Id);
        Model.Answer.Bash("c1", "ls").EndWithCalls();
        await RunDryAsync();
        var request = Assert.Single(await PermissionsAsync());
        Assert.Equal(session.Id, (await AskAsync<DeleteBegun>(session.Id, new BeginDelete())).SessionId);
        Assert.Empty(await PermissionsAsync());

        for (var life = 0; life < 2; life++)
        {
            foreach (var command in (ISessionCommand[])[
                Prompt("x"), new Update(new() { Title = "x" }), new RunShell(new Shell("build", "ls")), new Abort(),
                new ReplyPermission(request.Id, PermissionAnswer.Once), new CreateChild(Setup.Ids.NewSession(), new Place(Directory, "global"), new())])
                await AskAsync<SessionNotFound>(session.Id, command);
            Assert.Equal(2, (await MessagesAsync(session.Id)).Count);
            if (life > 0)
                break;

            // The next life would go on with the deletion at once: a region without its index.
            await KillAsync();
            await OpenAsync();
            Sys.Stop(Index);
            Setup.Learned.Fill([]);
        }

        await AskAsync<DeleteBegun>(session.Id, new BeginDelete());
        await AskAsync<Deleted>(session.Id, new Delete());
        Assert.Empty(await RowsAsync(session.Id));
    }

    [Fact]
    public async Task A_child_that_is_being_made_is_waited_for_and_deleted_too()
    {
        var parent = await CreateAsync();
        Faulty.Hold();
        var appends = Faulty.Appends;
        var created = Sessions.CreateAsync(new Place(Directory, "global"), new CreateSession { ParentId = parent.Id }, CancellationToken.None);
        await RunUntilAsync(() => Faulty.Appends > appends); // It asks twice, and goes on between on the thread pool.
        var deleted = Index.Ask<object>(new IndexQuery.Delete(parent.Id));
        await RunDryAsync();
        var tooLate = Sessions.CreateAsync(new Place(Directory, "global"), new CreateSession { ParentId = parent.Id }, CancellationToken.None);
        await RunDryAsync();

        Faulty.Release();
        await RunDryAsync();

        var child = Assert.IsType<Created>(await RunUntilAsync(created)).Info;
        Assert.IsType<Deleted>(await RunUntilAsync(deleted));
        Assert.IsType<SessionNotFound>(await RunUntilAsync(tooLate));
        Assert.Equal(
            [child.Id.Value, parent.Id.Value], (await LogAsync()).Where(static entry => entry.Type == "session.deleted").Select(static entry => entry.SessionId));
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task A_child_that_cannot_be_made_holds_up_no_deletion()
    {
        var parent = await CreateAsync();
        Faulty.Hold();
        var appends = Faulty.Appends;
        var created = Sessions.CreateAsync(new Place(Directory, "global"), new CreateSession { ParentId = parent.Id }, CancellationToken.None);
        await RunUntilAsync(() => Faulty.Appends > appends); // It asks twice, and goes on between on the thread pool.
        var deleted = Index.Ask<object>(new IndexQuery.Delete(parent.Id));
        await RunDryAsync();
        Faulty.AppendFault = new JournalFullException(0, 1);
        Faulty.Release();

        // The deletion has no room either: its refusal shows that it went on.
        Assert.IsType<StorageFull>(await RunUntilAsync(created));
        Assert.IsType<StorageFull>(await RunUntilAsync(deleted));
        Faulty.Heal();
        await AskAsync<Deleted>(Index, new IndexQuery.Delete(parent.Id));
    }

    [Fact]
    public async Task A_parent_whose_child_is_being_made_stays_in_memory()
    {
        var parent = await CreateAsync();
        Faulty.Hold();
        var created = Begin(parent.Id, new CreateChild(Setup.Ids.NewSession(), new Place(Directory, "global"), new CreateSession { ParentId = parent.Id }));
        await RunDryAsync();
        Time.Advance(TimeSpan.FromMinutes(11));
        await RunDryAsync();

        Faulty.Release();

        Assert.IsType<Created>(await RunUntilAsync(created));
    }

    [Fact]
    public async Task A_deletion_that_a_crash_interrupts_goes_on_with_the_next_start()
    {
        var root = await CreateAsync();
        var (a, b) = (await CreateAsync(root.Id), await CreateAsync(root.Id));
        await AskAsync<DeleteBegun>(root.Id, new BeginDelete());
        await AskAsync<DeleteBegun>(a.Id, new BeginDelete());
        await AskAsync<Deleted>(a.Id, new Delete());

        await KillAndStartAsync();

        Assert.Empty(await ListAsync());
        Assert.Empty(await RowsAsync(root.Id));
        Assert.Empty(await RowsAsync(b.Id));
        Assert.Equal(3, (await StoryAsync()).Count(static story => story == "session.deleted"));
    }

    [Fact]
    public async Task A_deletion_whose_session_cannot_be_read_at_its_next_try_is_not_forgotten()
    {
        var root = await CreateAsync();
        await AskAsync<DeleteBegun>(root.Id, new BeginDelete());
        await KillAsync();
        Faulty.LoadFaults = 3;
        await OpenAsync();
        await RunDryAsync();
        Assert.Equal([root.Id], await ListAsync());

        for (var n = 0; n < 24; n++)
        {
            Time.Advance(TimeSpan.FromSeconds(5));
            await RunDryAsync();
        }

        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task A_deletion_that_has_no_room_is_refused_and_goes_on_when_there_is()
    {
        var root = await CreateAsync();
        await CreateAsync(root.Id);
        await AskAsync<DeleteBegun>(root.Id, new BeginDelete());
        Faulty.AppendFault = new JournalFullException(0, 1);
        await AskAsync<StorageFull>(Index, new IndexQuery.Delete(root.Id));
        Faulty.Heal();

        Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task A_deletion_that_was_refused_before_it_had_begun_changes_nothing()
    {
        var session = await CreateAsync();
        Faulty.AppendFault = new JournalFullException(0, 1);
        await AskAsync<StorageFull>(Index, new IndexQuery.Delete(session.Id));
        Faulty.Heal();
        Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal([session.Id], await ListAsync());
        await PromptAsync(session.Id);
    }

    [Fact]
    public async Task Two_deletions_of_one_session_are_one_and_both_are_answered()
    {
        var root = await CreateAsync();
        await CreateAsync(root.Id);
        Faulty.Hold();
        var (first, second) = (Index.Ask<object>(new IndexQuery.Delete(root.Id)), Index.Ask<object>(new IndexQuery.Delete(root.Id)));
        await RunDryAsync();

        Faulty.Release();

        Assert.Equal(await RunUntilAsync(first), await RunUntilAsync(second));
        Assert.IsType<Deleted>(await first);
        Assert.Equal(2, (await StoryAsync()).Count(static story => story == "session.deleted"));
    }

    [Fact]
    public async Task A_child_that_is_deleted_with_its_tree_meanwhile_is_answered_as_deleted()
    {
        var root = await CreateAsync();
        var child = await CreateAsync(root.Id);
        var region = CreateProbe();
        var index = Spawn(SessionIndexActor.PropsFor(region.Ref, Setup));
        await RunDryAsync();
        var ofChild = index.Ask<object>(new IndexQuery.Delete(child.Id));
        await RunDryAsync();
        region.Expect<Deliver>(deliver => deliver.Command is BeginDelete);
        region.Reply(new DeleteBegun(child.Id, 1));
        await RunDryAsync();
        await AskAsync<Deleted>(Index, new IndexQuery.Delete(root.Id));

        region.Expect<Deliver>(deliver => deliver.Command is Delete);
        region.Reply(new SessionNotFound(child.Id));

        Assert.Equal(new Deleted(child.Id, Journal.Head), await RunUntilAsync(ofChild));
    }

    [Fact]
    public async Task An_index_that_crashes_goes_on_with_its_deletions()
    {
        var root = await CreateAsync();
        await CreateAsync(root.Id);
        Faulty.Hold();
        var deletion = Index.Ask<object>(new IndexQuery.Delete(root.Id));
        await RunDryAsync();
        Index.Tell(new IndexQuery.List(null!), ActorRefs.NoSender);
        await RunDryAsync();
        Assert.IsType<Unavailable>(await deletion);

        Faulty.Release();
        await RunDryAsync();

        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task A_child_of_a_session_that_does_not_answer_is_unavailable()
    {
        var parent = await CreateAsync();
        var (region, client) = (CreateProbe(), CreateProbe());
        Time.Advance(TimeSpan.FromMinutes(11));
        await RunDryAsync();
        var actor = Spawn(SessionActor.PropsFor(parent.Id, JournalActor, Setup with { RegionOf = _ => region.Ref }));
        var child = Setup.Ids.NewSession();
        client.Send(actor, new CreateChild(child, new Place(Directory, "global"), new CreateSession { ParentId = parent.Id }));
        Assert.Equal(child, region.Expect<Deliver>(deliver => deliver.Command is Create).SessionId);

        Sys.Stop(actor);
        await RunDryAsync();

        Assert.Contains("unknown", client.Expect<Unavailable>().Reason, StringComparison.Ordinal);
    }
}
