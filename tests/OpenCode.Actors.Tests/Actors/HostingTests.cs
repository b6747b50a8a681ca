using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace OpenCode.Actors.Tests.Actors;

public sealed class HostingTests
{
    [Fact]
    public async Task Actors_start_with_the_host_are_found_by_their_key_and_end_with_the_host()
    {
        var services = new ServiceCollection();
        var stopped = false;
        services.AddActorSystem("hosted", builder => builder.WithActors((system, registry) =>
            registry.Register<EchoKey>(system.ActorOf(TestActor.PropsFor((a, message) => a.Sender.Tell(message)), "echo"))));
        services.AddActorSystem("hosted", builder => builder.WithActors((system, _, provider) =>
            system.CoordinatedShutdown.AddTask(ShutdownPhases.ServiceStop, "mark", _ =>
            {
                stopped = provider is not null;
                return Task.CompletedTask;
            })));
        await using var provider = services.BuildServiceProvider();
        var echo = provider.GetRequiredService<IRequiredActor<EchoKey>>();
        Assert.Throws<InvalidOperationException>(() => echo.ActorRef);

        var hosted = provider.GetServices<IHostedService>().ToList();
        Assert.Single(hosted);
        await hosted[0].StartAsync(CancellationToken.None);
        Assert.Equal("hello", await echo.ActorRef.Ask<string>("hello", TimeSpan.FromSeconds(30)));
        Assert.Equal("hosted/user/echo", echo.ActorRef.Path.ToStringWithoutUid());

        await hosted[0].StopAsync(CancellationToken.None);
        Assert.True(stopped);
        Assert.True(provider.GetRequiredService<ActorSystem>().WhenTerminated.IsCompletedSuccessfully);
    }

    [Fact]
    public void A_key_is_registered_once()
    {
        var registry = new ActorRegistry();
        using var kit = new SeededKit(1);
        registry.Register<EchoKey>(kit.System.DeadLetters);

        Assert.Throws<InvalidOperationException>(() => registry.Register<EchoKey>(kit.System.DeadLetters));
    }

    private sealed class EchoKey;
}
