using OpenCode.Actors.TestKit;

namespace OpenCode.Actors.Tests.Actors;

/// <summary>ACTORS §7: work beside the actor comes back as a message, to the incarnation that began it.</summary>
public sealed class PipeToTests : ActorKit
{
    private readonly List<object> _seen = [];

    [Fact]
    public async Task PipeTo_lets_other_messages_be_handled_meanwhile_and_brings_result_or_failure_as_a_message()
    {
        var work = new TaskCompletionSource<int>();
        var failing = new TaskCompletionSource();
        var actor = Spawn(TestActor.PropsFor((_, message) => _seen.Add(message)).WithMailbox(MailboxOptions.Bounded(2)));
        actor.Do(a =>
        {
            a.Context.PipeTo(work.Task, number => $"got {number}");
            a.Context.PipeTo(failing.Task, failure: exception => exception.Message);
            a.Context.PipeTo(Task.CompletedTask, () => "already done");
            a.Context.PipeTo(ValueTask.FromException<int>(new NotSupportedException()), _ => "never");
        });
        actor.Tell("meanwhile");
        await RunDryAsync();
        Assert.Equal("meanwhile", _seen[0]);
        Assert.Equal("already done", _seen[1]);
        Assert.IsType<NotSupportedException>(Assert.IsType<Status.Failure>(_seen[2]).Cause);

        _seen.Clear();
        work.SetResult(42);
        failing.SetException(new InvalidOperationException("no"));
        await RunDryAsync();
        Assert.Equal(["got 42", "no"], _seen);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_piped_result_for_an_earlier_incarnation_is_a_dead_letter(bool stop)
    {
        var probe = CreateProbe();
        System.EventStream.Subscribe<DeadLetter>(probe.Ref);
        var work = new TaskCompletionSource<int>();
        var actor = Spawn(TestActor.PropsFor((_, message) => _seen.Add(message)));
        actor.Do(a => a.Context.PipeTo(work.Task, number => number));
        await RunDryAsync();
        if (stop)
            System.Stop(actor);
        else
            actor.Do(_ => throw new InvalidOperationException());
        await RunDryAsync();

        work.SetResult(42);
        await RunDryAsync();

        Assert.Empty(_seen);
        probe.FishFor<DeadLetter>(d => d.Message is 42 && d.Reason == DeadLetterReason.Stopped);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Piped_work_that_the_end_of_its_incarnation_cancels_is_nobodys_loss(bool stop)
    {
        var probe = CreateProbe();
        System.EventStream.Subscribe<DeadLetter>(probe.Ref);
        var actor = Spawn(TestActor.PropsFor((_, message) => _seen.Add(message)));
        actor.Do(a => a.Context.PipeTo(Task.Delay(Timeout.InfiniteTimeSpan, System.Time, a.Context.Incarnation)));
        await RunDryAsync();
        if (stop)
            System.Stop(actor);
        else
            actor.Do(_ => throw new InvalidOperationException());
        await RunDryAsync();

        Assert.Empty(_seen);
        probe.ExpectNothing();
    }
}
