using OpenCode.Actors.Journal.Nodes;

namespace OpenCode.Actors.Tests.Specifications;

/// <summary>What every arbiter keeps (rule "The database decides who is dead", rule "Claim before read"): the suites below, each over a store of its own.</summary>
/// <param name="store">The store.</param>
public abstract class ArbiterSpecification(ArbiterStore store) : IAsyncLifetime
{
    private readonly List<ArbiterNode> _nodes = [];
    private long _uids = 1_000;

    protected ArbiterStore Store { get; } = store;

    protected TimeProvider Time => Store.Time;

    public virtual Task InitializeAsync() => Store.InitializeAsync();

    public virtual async Task DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
    }

    protected Task EndsAsync(Task task, string what) => Store.EndsAsync(task, what);

    protected Task PassAsync(TimeSpan time) => Store.PassAsync(time);

    protected async Task<T> EndsAsync<T>(Task<T> task, string what)
    {
        await EndsAsync((Task)task, what);
        return await task;
    }

    /// <summary>Makes a new life of a node that has not joined yet. Its address is of its name unless another one is given.</summary>
    protected async Task<ArbiterNode> NodeAsync(string name, string? address = null, int protocol = 2, string location = "/srv")
    {
        var uid = Interlocked.Increment(ref _uids);
        var identity = new NodeIdentity(name, uid, address ?? $"akka.ssl.tcp://opencode@{name}:7096");
        var node = await Store.OpenAsync(new(identity, protocol, "1.2.3", location, $"oc/node-{uid}"));
        _nodes.Add(node);
        return node;
    }

    /// <summary>Makes a node that is up.</summary>
    protected async Task<ArbiterNode> UpAsync(string name, string? address = null, int protocol = 2)
    {
        var node = await NodeAsync(name, address, protocol);
        await EndsAsync(node.AdmitAsync(), $"admission of {name}");
        await EndsAsync(node.Arbiter.ConfirmUpAsync(default).AsTask(), $"{name} being up");
        return node;
    }

    protected async Task<NodeStatus> StatusAsync(ArbiterNode node) => (await LookAsync(node)).Mine;

    protected Task<NodeLook> LookAsync(ArbiterNode node) => EndsAsync(node.Arbiter.LookAsync(0, default).AsTask(), $"a look of {node.Identity.Name}");

    protected async Task<string> RefusedAsync(ArbiterNode node) =>
        (await Assert.ThrowsAsync<NotAdmittedException>(() => EndsAsync(node.AdmitAsync(), $"refusal of {node.Identity.Name}"))).Message;

    protected static IEnumerable<string> Names(IEnumerable<NodeRow> rows) => rows.Select(static r => r.Description.Identity.Name);

    /// <summary>Asks until there is an answer: after a break the first call may find the old connection.</summary>
    protected async Task<T> UntilAnsweredAsync<T>(Func<CancellationToken, ValueTask<T>> ask)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await EndsAsync(ask(default).AsTask(), "an answer");
            }
            catch (ArbiterAwayException) when (tries < 20)
            {
                await PassAsync(TimeSpan.FromMilliseconds(200));
            }
        }
    }

    protected Task UntilAnsweredAsync(Func<CancellationToken, ValueTask> ask) => UntilAnsweredAsync(async token =>
    {
        await ask(token);
        return true;
    });
}
