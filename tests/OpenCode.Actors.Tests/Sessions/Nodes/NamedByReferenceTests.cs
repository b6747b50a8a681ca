using System.Runtime.Serialization;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Setup;

namespace OpenCode.Actors.Tests.Sessions.Nodes;

/// <summary>Rule "Named commands" and rule "Large bodies travel as rows": a command whose content is in the database is read by its session, and carried out once.</summary>
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

    private static Update Rename(string title) => new(new() { Title = title });

    [Fact]
    public async Task The_command_is_read_and_carried_out()
    {
        var session = await CreateAsync();
        _stored["k"] = Rename("one");

        var updated = await AskAsync<Updated>(session.Id, new NamedByReference("n", "k"));

        Assert.Equal("one", updated.Info.Title);
    }

    [Fact]
    public async Task The_batch_of_its_effect_uses_the_body_up_and_no_other_does()
    {
        var session = await CreateAsync();
        _stored["k"] = Rename("one");
        await AskAsync<Updated>(session.Id, Rename("before"));
        Assert.Empty(Faulty.LastUsedBodies);

        await AskAsync<Updated>(session.Id, new NamedByReference("n", "k"));
        Assert.Equal(["k"], Faulty.LastUsedBodies);

        await AskAsync<Updated>(session.Id, Rename("after"));
        Assert.Empty(Faulty.LastUsedBodies);
    }

    [Fact]
    public async Task The_note_of_a_refusal_uses_the_body_up_too()
    {
        var session = await CreateAsync();
        Model.Fault = "no key";
        _stored["k"] = Prompt("hello");

        await AskAsync<PromptRejected>(session.Id, new NamedByReference("n", "k"));

        Assert.Equal(["k"], Faulty.LastUsedBodies);
    }

    [Fact]
    public async Task A_prompt_that_was_taken_under_another_name_uses_the_body_up()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id, messageId: "msg_1");
        _stored["k"] = Prompt("hello", "msg_1");

        await AskAsync<PromptAccepted>(session.Id, new NamedByReference("n", "k"));

        Assert.Equal(["k"], Faulty.LastUsedBodies);
    }

    [Fact]
    public async Task A_command_that_is_put_off_is_carried_out_once_and_its_session_can_leave_memory_afterwards()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id, "one");
        _stored["k"] = Prompt("two", noReply: true);
        Faulty.Hold();
        var abort = Begin(session.Id, new Abort());
        var prompt = Begin(session.Id, new NamedByReference("n", "k"));
        await RunDryAsync();
        Faulty.Release();
        await RunDryAsync();

        Assert.IsType<Aborted>(await abort);
        Assert.IsType<PromptAccepted>(await prompt);
        Assert.Equal(1, _reads);
        Time.Advance(TimeSpan.FromMilliseconds(Options.PassivateAfterMs));
        await RunDryAsync();
        Assert.Equal(0, Meters.Count("opencode.sessions.awake"));
    }

    [Fact]
    public async Task A_content_that_could_not_be_read_is_not_read_later()
    {
        var session = await CreateAsync();
        await AskAsync<CommandFailed>(session.Id, new NamedByReference("n", "k"));
        _stored["k"] = Rename("one");

        await AskAsync<CommandFailed>(session.Id, new NamedByReference("n", "k"));

        Assert.Equal(1, _reads);
    }

    [Fact]
    public async Task A_copy_of_what_is_done_is_answered_without_reading_it_again()
    {
        var session = await CreateAsync();
        _stored["k"] = Rename("one");
        await AskAsync<Updated>(session.Id, new NamedByReference("n", "k"));
        _stored.Clear();
        await AskAsync<Updated>(session.Id, Rename("two"));

        var late = await AskAsync<Updated>(session.Id, new NamedByReference("n", "k"));

        Assert.Equal(("two", 1), (late.Info.Title, _reads));
    }

    [Fact]
    public async Task Copies_that_are_read_at_the_same_time_are_carried_out_once()
    {
        var session = await CreateAsync();
        _stored["k"] = Prompt("hello");

        var copies = Enumerable.Range(0, 3).Select(_ => Begin(session.Id, new NamedByReference("n", "k"))).ToList();
        await RunDryAsync();

        var accepted = (await Task.WhenAll(copies)).Cast<PromptAccepted>();
        Assert.Single(accepted.Select(static answer => answer.Turn).Distinct());
        Assert.Equal(2, (await MessagesAsync(session.Id)).Count);
    }

    [Fact]
    public async Task The_session_is_made_by_a_large_command_too()
    {
        var id = Setup.Ids.NewSession();
        _stored["k"] = new Create(new Place(Directory, "global"), new() { Title = "T" });

        var created = await AskAsync<Created>(id, new NamedByReference("n", "k"));

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

        Assert.Equal("one", (await AskAsync<Updated>(session.Id, new NamedByReference("n", "k"))).Info.Title);
    }

    [Fact]
    public async Task A_command_that_cannot_be_read_is_refused_and_logged_and_the_session_goes_on()
    {
        var session = await CreateAsync();
        _fault = new SerializationException("planned");

        ExpectLog<SerializationException>(() => Begin(session.Id, new NamedByReference("n", "k")));

        Assert.Equal("on", (await AskAsync<Updated>(session.Id, Rename("on"))).Info.Title);
        Assert.Equal(0, Meters.Count("opencode.actors.restarts session"));
    }
}
