using System.Runtime.Serialization;
using System.Text;
using OpenCode.Actors.Clustering.Entry;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Tests.Journal.Memory;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions.Region;

namespace OpenCode.Actors.Tests.Clustering.Entry;

/// <summary>Rule "Large bodies travel as rows": the limit is 256 KiB.</summary>
public sealed class LargeCommandTests : EntryKit
{
    private readonly FaultyBodies _bodies;
    private readonly LargeCommands _large;

    public LargeCommandTests()
    {
        _bodies = new FaultyBodies(Time);
        _large = new LargeCommands(_bodies);
    }

    private static TakePrompt Prompt(int length) => new(new Prompt([new TextPromptPart(new string('x', length))]), "a key");

    private NamedByReference ExpectReference() => Assert.IsType<NamedByReference>(ExpectCommand());

    [Fact]
    public async Task A_large_command_is_stored_before_a_message_names_it()
    {
        Send(StartEntry(large: _large), Prompt(2 << 20));

        var reference = ExpectReference();

        var read = Assert.IsType<TakePrompt>(await _large.ReadAsync(reference, CancellationToken.None));
        Assert.Equal("a key", read.Key);
        Assert.Equal(2 << 20, Assert.IsType<TextPromptPart>(Assert.Single(read.Request.Parts)).Text.Length);
    }

    [Fact]
    public void A_command_of_256_KiB_or_less_is_sent_as_it_is()
    {
        Send(StartEntry(large: _large), Prompt(LargeCommands.MaxMessageBytes - 1_000));

        ExpectCopy();
        Assert.Equal(0, _bodies.Count);
    }

    [Fact]
    public void All_copies_name_the_same_row_which_is_stored_once()
    {
        Send(StartEntry(large: _large), Prompt(1 << 20));

        Assert.Equal(ExpectReference(), ExpectReference());
        Assert.Equal(1, _bodies.Puts);
    }

    [Fact]
    public void The_row_is_left_to_the_append_that_uses_it()
    {
        Send(StartEntry(large: _large), Prompt(1 << 20));
        ExpectReference();

        Region.Reply(Answer);

        Client.Expect<Aborted>();
        Assert.Equal((1, 0), (_bodies.Count, Meters.Count("opencode.cluster.commands.held")));
    }

    [Fact]
    public void The_row_stays_while_the_outcome_is_unknown()
    {
        Send(StartEntry(large: _large), Prompt(1 << 20));

        Client.Expect<Unavailable>(limit: HoldFor);

        Assert.Equal(1, _bodies.Count);
    }

    [Fact]
    public void A_command_that_cannot_be_stored_is_stored_later()
    {
        _bodies.IsAway = true;
        Send(StartEntry(large: _large), Prompt(1 << 20));
        Region.ExpectNothing(TimeSpan.FromMilliseconds(500));

        _bodies.IsAway = false;

        ExpectReference();
        Region.Reply(Answer);
        Client.Expect<Aborted>();
    }

    [Fact]
    public void A_command_that_can_never_be_stored_is_refused_and_has_changed_nothing()
    {
        _bodies.IsAway = true;
        Send(StartEntry(large: _large), Prompt(1 << 20));

        var refusal = Client.Expect<Unavailable>(limit: HoldFor);

        Assert.Contains("Nothing was changed", refusal.Reason, StringComparison.Ordinal);
        Assert.Contains("too large for a message", refusal.Reason, StringComparison.Ordinal);
        Region.ExpectNothing();
    }

    [Fact]
    public void A_command_larger_than_all_that_may_be_held_is_the_callers_mistake()
    {
        Send(StartEntry(maxHeldBytes: 1 << 20, large: _large), Prompt(2 << 20));

        Client.Expect<PromptRejected>();
        Assert.Equal(0, _bodies.Count);
    }

    [Fact]
    public async Task A_row_that_is_gone_gives_no_command() =>
        Assert.Null(await _large.ReadAsync(new NamedByReference("n", "gone"), CancellationToken.None));

    [Theory]
    [InlineData("")]
    [InlineData("\u0007dance.1{}")]
    [InlineData("\u0009aborted.1{\"offset\":1}")]
    public async Task A_row_that_is_no_command_is_refused(string packed)
    {
        await _bodies.PutAsync("k", Encoding.UTF8.GetBytes(packed), CancellationToken.None);

        await Assert.ThrowsAsync<SerializationException>(() => _large.ReadAsync(new NamedByReference("n", "k"), CancellationToken.None));
    }

    private sealed class FaultyBodies(TimeProvider time) : ILargeBodies
    {
        private readonly MemoryLargeBodies _inner = new(time);

        public bool IsAway { get; set; }

        public int Puts { get; private set; }

        public int Count => _inner.Count;

        public ValueTask PutAsync(string key, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
        {
            ThrowIfAway();
            Puts++;
            return _inner.PutAsync(key, body, cancellationToken);
        }

        public ValueTask<ReadOnlyMemory<byte>?> ReadAsync(string key, CancellationToken cancellationToken)
        {
            ThrowIfAway();
            return _inner.ReadAsync(key, cancellationToken);
        }

        private void ThrowIfAway()
        {
            if (IsAway)
                throw new ArbiterAwayException("planned");
        }
    }
}
