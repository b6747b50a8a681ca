using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Streams.Settings;
using OpenCode.Actors.Tests.Journal.Memory;
using OpenCode.Actors.Tests.Sessions;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Simulation;

/// <summary>What outlives a node: the machine with its disk and clock, the model's provider, the tools, the configuration. Chosen by the seed, small, so that limits are met.</summary>
internal sealed class World
{
    private static readonly long[] _rings = [8_000, 64_000, 1_000_000];
    private static readonly long[] _retentions = [20_000, 120_000, 3_600_000];

    public World(HubTestKit kit, ulong seed)
    {
        Kit = kit;
        Dice = new SeededEntropy(unchecked(seed * 31));
        Disk = new MemoryDisk(seed);
        Model = new ScriptedModel(kit.Simulation);
        JournalOptions = new JournalOptions { RetainMs = Pick(_retentions), RecentBytes = 16_384 };
        JournalOptions.HoldKinds.Add(HubNode.HeldRows);
        StreamOptions = new EventStreamOptions { RingBytes = Pick(_rings), HeartbeatMs = 1_000 + Dice.Next(5_000), WriteTimeoutMs = 1_000 + Dice.Next(10_000), HeadStartMs = 0 };
        SessionsOptions = new SessionsOptions { PassivateAfterMs = 20_000 + Dice.Next(100_000), ModelSilenceMs = 20_000 };
        Permissions.Rules = [new("bash", "rm *", PermissionAction.Ask)];
    }

    public HubTestKit Kit { get; }

    /// <summary>Gets what chooses the steps of the world; the order of the actors' steps is the kit's.</summary>
    public SeededEntropy Dice { get; }

    public MemoryDisk Disk { get; }

    public ScriptedModel Model { get; }

    public ScriptedTools Tools { get; } = new();

    public SessionsKit.ScriptedAgents Permissions { get; } = new();

    public CountingMeters Meters { get; } = new();

    public JournalOptions JournalOptions { get; }

    public EventStreamOptions StreamOptions { get; }

    public SessionsOptions SessionsOptions { get; }

    public Promises Promises { get; } = new();

    public T Pick<T>(IReadOnlyList<T> choices) => choices[Dice.Next(choices.Count)];

    public bool OneIn(int count) => Dice.Next(count) == 0;
}
