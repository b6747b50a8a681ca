using OpenCode.Actors.TestKit;

namespace OpenCode.Actors.Tests.Actors;

/// <summary>Children that count, and fail at <c>fail</c>, under a strategy of the test.</summary>
public abstract class SupervisionKit : ActorKit
{
    /// <summary>Gets or sets how many instances of <see cref="Counter"/> were made.</summary>
    protected int Instances { get; set; }

    protected async Task<IActorRef> ChildOfAsync(SupervisorStrategy strategy)
    {
        IActorRef child = null!;
        var parent = Spawn(Props.Create(() => new TestActor { Supervision = strategy }));
        parent.Do(a => child = a.Context.ActorOf(Counter()));
        await RunDryAsync();
        return child;
    }

    protected Props Counter() => Props.Create(() =>
    {
        Instances++;
        var count = 0;
        return new TestActor
        {
            OnReceive = (a, message) =>
            {
                if (message is "fail")
                    throw new InvalidOperationException("asked to fail");
                if (message is "count")
                    count++;
                else
                    a.Sender.Tell(count, a.Self);
                return ValueTask.CompletedTask;
            },
        };
    });
}
