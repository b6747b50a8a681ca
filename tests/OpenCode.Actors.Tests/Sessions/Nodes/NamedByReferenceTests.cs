using System.Runtime.Serialization;
using OpenCode.Actors.Journaling.Nodes;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions;

namespace OpenCode.Actors.Tests.Sessions.Nodes;

/// <summary>RULES G1, G6: a command whose content is in the database is read by its session, and carried out once.</summary>
public sealed class NamedByReferenceTests : SessionsKit
{
    private readonly Dictionary<string, ISessionCommand> _stored = [];
    private Exception? _fault;
    private int _reads;

    private protected override SessionSetup Arrange(SessionSetup setup) => setup with { ReadLarge = Read };

    private Task<ISessionCommand?> Read(NamedByReference reference, CancellationToken cancellationToken) => Later("read", () =>
    {
        _reads++;
        return _fault is { } fault ? throw fault : _stored.GetValueOrDefault(reference.Key);
    });

    private static SessionActor.Update Rename(string title) => new(new() { Title = title });

    [Fact]
    public async Task The_command_is_read_and_carried_out()
    {
        var session = await CreateAsync();
        _stored["k"] = Rename("one");

        var updated = await AskAsync<SessionActor.Updated>(session.Id, new NamedByReference("n", "k"));

        Assert.Equal("one", updated.Info.Title);
    }

    [Fact]
    public async Task A_copy_of_what_is_done_is_answered_without_reading_it_again()
    {
        var session = await CreateAsync();
        _stored["k"] = Rename("one");
        await AskAsync<SessionActor.Updated>(session.Id, new NamedByReference("n", "k"));
        _stored.Clear();
        await AskAsync<SessionActor.Updated>(session.Id, Rename("two"));

        var late = await AskAsync<SessionActor.Updated>(session.Id, new NamedByReference("n", "k"));

        Assert.Equal(("two", 1), (late.Info.Title, _reads));
    }

    [Fact]
    public async Task Copies_that_are_read_at_the_same_time_are_carried_out_once()
    {
        var session = await CreateAsync();
        _stored["k"] = Prompt("hello");

        var copies = Enumerable.Range(0, 3).Select(_ => Begin(session.Id, new NamedByReference("n", "k"))).ToList();
        await RunDryAsync();

        var accepted = (await Task.WhenAll(copies)).Cast<SessionActor.Accepted>();
        Assert.Single(accepted.Select(static answer => answer.Turn).Distinct());
        Assert.Equal(2, (await MessagesAsync(session.Id)).Count);
    }

    [Fact]
    public async Task The_session_is_made_by_a_large_command_too()
    {
        var id = Setup.Ids.NewSession();
        _stored["k"] = new SessionActor.Create(new Place(Directory, "global"), new() { Title = "T" });

        var created = await AskAsync<SessionActor.Created>(id, new NamedByReference("n", "k"));

        Assert.Equal(id, created.Info.Id);
    }

    [Fact]
    public async Task A_session_that_is_not_there_leaves_memory_after_its_command_was_read()
    {
        var awake = Meters.Count("opencode.sessions.awake");
        _stored["k"] = Rename("one");

        await AskAsync<SessionNotFound>(Setup.Ids.NewSession(), new NamedByReference("n", "k"));
        await RunDryAsync();

        Assert.Equal(awake, Meters.Count("opencode.sessions.awake"));
    }

    [Fact]
    public async Task A_command_that_is_not_stored_any_more_is_refused()
    {
        var session = await CreateAsync();

        var refusal = await AskAsync<CommandFailed>(session.Id, new NamedByReference("n", "gone"));

        Assert.Contains("Nothing was changed", refusal.Message, StringComparison.Ordinal);
        Assert.IsType<IdleStatus>(await StatusAsync(session.Id));
    }

    [Fact]
    public async Task A_database_that_does_not_answer_makes_the_session_unavailable_and_the_next_copy_is_carried_out()
    {
        var session = await CreateAsync();
        _stored["k"] = Rename("one");
        _fault = new ArbiterAwayException("planned");
        await AskAsync<Unavailable>(session.Id, new NamedByReference("n", "k"));

        _fault = null;

        Assert.Equal("one", (await AskAsync<SessionActor.Updated>(session.Id, new NamedByReference("n", "k"))).Info.Title);
    }

    [Fact]
    public async Task A_command_that_cannot_be_read_is_refused_and_logged_and_the_session_goes_on()
    {
        var session = await CreateAsync();
        _fault = new SerializationException("planned");

        ExpectLog<SerializationException>(() => Begin(session.Id, new NamedByReference("n", "k")));

        Assert.Equal("on", (await AskAsync<SessionActor.Updated>(session.Id, Rename("on"))).Info.Title);
        Assert.Equal(0, Meters.Count("opencode.actors.restarts session"));
    }
}
