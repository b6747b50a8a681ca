using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Clustering.Members;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Server.Cluster;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Tests.Server.Config;
using OpenCode.Actors.Tests.TestKit;
using OpenCode.Actors.Tests.TestKit.Doors;

namespace OpenCode.Actors.Tests.Server.Cluster;

/// <summary>Rule "One configuration for all nodes".</summary>
public sealed class SharedPatchesTests : IDisposable
{
    private readonly VirtualTime _time = new();
    private readonly StoredPatches _stored = new();
    private readonly RecordingLogs _logs = new();
    private readonly NodeStanding _standing;
    private readonly SharedPatches _patches;

    public SharedPatchesTests()
    {
        _standing = new NodeStanding(_time);
        _patches = new SharedPatches(ConfigCatalog.Open(new FakeConfigSource(), named: null, "/proj"), _stored, _time);
    }

    public void Dispose() => _patches.Dispose();

    [Fact]
    public async Task A_patch_is_answered_when_every_node_that_takes_commands_has_read_it()
    {
        SynchronizationContext.SetSynchronizationContext(null); // So that it goes on inside Advance, not on the thread pool.
        var patch = _patches.PatchAsync("/proj", new JsonObject { ["username"] = "me" }, CancellationToken.None);

        // A look is good for 1 s, is seen within 100 ms, and the patches are read then.
        _time.Advance(TimeSpan.FromMilliseconds(1_499));
        Assert.False(patch.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(patch.IsCompletedSuccessfully);
        await patch;
        Assert.Equal(1, _stored.Version);
    }

    [Fact]
    public async Task What_cannot_be_read_is_logged_once_and_the_next_version_is_followed()
    {
        using var follower = new SharedPatchesFollower(_patches, _standing, _time, new Logger<SharedPatchesFollower>(_logs));
        await follower.StartAsync(CancellationToken.None);
        await OtherThreads.EndAsync(_time.HasTimerAsync()); // A host begins its services on the thread pool; from here on this one goes on inside Advance.
        _standing.Join();
        _stored.Set(1, "no JSON");
        Look(times: 102);
        Assert.Equal(4, _stored.Reads); // At its start, and now every 5 s.

        _stored.Set(2, """{"/proj":{"username":"me"}}""");
        Look(times: 6);

        Assert.Equal(5, _stored.Reads); // It has version 2, and goes on.
        Assert.Equal(5021, Assert.Single(_logs.Records).EventId);
        await follower.StopAsync(CancellationToken.None);
    }

    // A node checks every 100 ms whether its look shows a newer version.
    private void Look(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _standing.Answered(new NodeLook(NodeStatus.Up, [], _stored.Version), _time.GetTimestamp());
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }
    }

    private sealed class StoredPatches : ISharedConfig
    {
        private StoredConfig _config = new(0, "{}"u8.ToArray());
        private int _reads;

        public long Version => _config.Version;

        public int Reads => Volatile.Read(ref _reads);

        public void Set(long version, string json) => _config = new(version, Encoding.UTF8.GetBytes(json));

        public ValueTask<StoredConfig> ReadAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _reads);
            return ValueTask.FromResult(_config);
        }

        public ValueTask<long?> TryReplaceAsync(long expected, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
        {
            _config = new(expected + 1, json);
            return ValueTask.FromResult<long?>(_config.Version);
        }
    }
}
