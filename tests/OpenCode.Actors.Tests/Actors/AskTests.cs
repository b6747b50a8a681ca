using OpenCode.Actors.TestKit;

namespace OpenCode.Actors.Tests.Actors;

/// <summary>ACTORS §6: ask.</summary>
public sealed class AskTests : ActorKit
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Ask_gives_the_answer()
    {
        var echo = Spawn(TestActor.PropsFor((a, message) => a.Sender.Tell(message, a.Self)));

        Assert.Equal("hello", await AskAsync<string>(echo, "hello"));
        Assert.Null(Time.NextTimer);
    }

    [Fact]
    public async Task Ask_can_put_the_ref_for_the_answer_into_the_message()
    {
        var actor = Spawn(TestActor.PropsFor((_, message) => ((Question)message).ReplyTo.Tell("answer")));

        var answer = actor.Ask<string>(replyTo => new Question(replyTo), Limit);
        await RunDryAsync();

        Assert.Equal("answer", await answer);
    }

    [Fact]
    public async Task Without_an_answer_in_time_ask_fails_and_a_late_answer_is_a_dead_letter()
    {
        var dead = CreateProbe();
        System.EventStream.Subscribe<DeadLetter>(dead.Ref);
        var probe = CreateProbe();

        var answer = probe.Ref.Ask<string>("question", Limit);
        probe.Expect("question");
        Time.Advance(Limit);

        var timeout = await Assert.ThrowsAsync<AskTimeoutException>(() => answer);
        Assert.Equal((probe.Ref, Limit), (timeout.Target, timeout.Timeout));
        probe.Reply("late");
        Assert.Equal(DeadLetterReason.AskExpired, dead.Expect<DeadLetter>(d => d.Message is "late").Reason);
    }

    [Fact]
    public async Task A_second_answer_is_a_dead_letter()
    {
        var twice = Spawn(TestActor.PropsFor((a, _) =>
        {
            a.Sender.Tell("one");
            a.Sender.Tell("two");
        }));

        Assert.Equal("one", await AskAsync<string>(twice, "question"));
        Assert.Equal(1, System.DeadLetterCount);
    }

    [Fact]
    public void A_timeout_is_required_and_infinite_only_with_a_token_that_can_be_cancelled()
    {
        var actor = CreateProbe().Ref;

        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = actor.Ask<string>("x", TimeSpan.Zero); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = actor.Ask<string>("x", -TimeSpan.FromSeconds(1)); });
        Assert.Throws<ArgumentException>(() => { _ = actor.Ask<string>("x", Timeout.InfiniteTimeSpan); });
        using var cancellation = new CancellationTokenSource();
        Assert.False(actor.Ask<string>("x", Timeout.InfiniteTimeSpan, cancellation.Token).IsCompleted);
        Assert.Null(Time.NextTimer);
    }

    [Fact]
    public async Task A_cancelled_ask_ends_and_an_already_cancelled_one_sends_nothing()
    {
        var probe = CreateProbe();
        using var cancellation = new CancellationTokenSource();

        var answer = probe.Ref.Ask<string>("question", Limit, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        probe.Expect("question");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probe.Ref.Ask<string>("question", Limit, cancellation.Token));
        probe.ExpectNothing();
        Assert.Null(Time.NextTimer);
    }

    [Theory]
    [InlineData("dead before the question")]
    [InlineData("question in the mailbox")]
    [InlineData("question handled")]
    [InlineData("question in an async handler")]
    [InlineData("question stashed")]
    public async Task Ask_ends_when_its_target_ends_without_an_answer(string when)
    {
        var never = new TaskCompletionSource();
        var target = Spawn(TestActor.PropsFor(async (a, message) =>
        {
            if (when == "question in an async handler")
                await never.Task.WaitAsync(a.Context.Incarnation);
            else if (when == "question stashed")
                a.Context.Stash.Stash();
        }));
        if (when == "dead before the question")
            System.Stop(target);
        if (when != "question in the mailbox")
            await RunDryAsync();

        var answer = target.Ask<string>("question", Limit);
        if (when != "question in the mailbox")
            await RunDryAsync();
        System.Stop(target);
        await RunDryAsync();

        var failure = await Assert.ThrowsAsync<TargetTerminatedException>(() => answer);
        Assert.Equal(target, failure.Target);
        Assert.Null(Time.NextTimer);
    }

    [Fact]
    public async Task Ask_survives_a_restart_of_its_target()
    {
        var askers = new List<IActorRef>();
        var target = Spawn(TestActor.PropsFor((a, message) => askers.Add(a.Sender)));
        var answer = target.Ask<string>("question", Limit);
        target.Do(_ => throw new InvalidOperationException());
        await RunDryAsync();
        Assert.False(answer.IsCompleted);

        askers[0].Tell("answer");
        Assert.Equal("answer", await answer);
    }

    [Fact]
    public async Task A_failure_as_answer_is_thrown()
    {
        var target = Spawn(TestActor.PropsFor((a, _) => a.Sender.Tell(new Status.Failure(new NotSupportedException("no")))));

        var failure = await Assert.ThrowsAsync<NotSupportedException>(() => AskAsync<string>(target, "question"));
        Assert.Equal("no", failure.Message);
    }

    [Fact]
    public async Task An_answer_of_another_type_says_what_came()
    {
        var target = Spawn(TestActor.PropsFor((a, _) => a.Sender.Tell(42)));

        var failure = await Assert.ThrowsAsync<InvalidCastException>(() => AskAsync<string>(target, "question"));
        Assert.Contains("Int32", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_actor_that_answered_many_questions_does_not_remember_them()
    {
        var askers = new Queue<IActorRef>();
        var target = Spawn(TestActor.PropsFor((a, message) =>
        {
            // Each is answered at the next one, so each is open when its handler ends.
            if (askers.TryDequeue(out var asker))
                asker.Tell(message);
            askers.Enqueue(a.Sender);
        }));

        for (var i = 0; i < 1_000; i++)
        {
            _ = target.Ask<object>(i, Limit);
            await RunDryAsync();
        }

        Assert.True(((OpenCode.Actors.Cells.ActorCell)target).OpenAskCount < 50);
    }

    [Fact]
    public async Task Continuations_of_an_answer_do_not_run_inside_the_one_who_answers()
    {
        var turnThread = 0;
        var wasInside = false;
        var target = Spawn(TestActor.PropsFor((a, _) =>
        {
            turnThread = Environment.CurrentManagedThreadId;
            a.Sender.Tell("answer");
            turnThread = 0;
        }));

        var answer = target.Ask<string>("question", Limit);
        var continuation = answer.ContinueWith(
            _ => wasInside = Volatile.Read(ref turnThread) == Environment.CurrentManagedThreadId,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        await RunDryAsync();
        await continuation;

        Assert.False(wasInside);
    }

    private sealed record Question(IActorRef ReplyTo);
}
