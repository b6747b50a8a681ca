using System.Text.Json;
using System.Text.Json.Nodes;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Server.Answers;
using OpenCode.Actors.Server.Config;

namespace OpenCode.Actors.Server.Cluster;

/// <summary>Keeps the patches of the configuration in the database; each node reads them again after a change (rule "One configuration for all nodes").</summary>
/// <param name="configs">The configuration of this node.</param>
/// <param name="shared">The stored patches: an object with a member for each location.</param>
/// <param name="time">The clock of the wait for the other nodes.</param>
internal sealed class SharedPatches(ConfigCatalog configs, ISharedConfig shared, TimeProvider time) : IDisposable
{
    // A node takes commands on a look that is up to 1 s old, checks every 100 ms whether that look shows a newer version, and then reads it.
    private static readonly TimeSpan _allHaveRead = TimeSpan.FromSeconds(1.5);

    private readonly SemaphoreSlim _turn = new(1);
    private long _version;

    /// <summary>Reads the patches if another node has changed them.</summary>
    /// <param name="version">The version that this node has seen.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArbiterAwayException">The database does not answer; the next look asks again.</exception>
    public async Task FollowAsync(long version, CancellationToken cancellationToken)
    {
        if (version <= Interlocked.Read(ref _version))
            return;

        await _turn.WaitAsync(cancellationToken);
        try
        {
            await ReadAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Changes the configuration of a location on all nodes. It is in force on each of them when this ends.</summary>
    /// <param name="location">The location.</param>
    /// <param name="change">The change, in the form of <c>opencode.json</c>.</param>
    /// <param name="cancellationToken">Gives up; the change may have been made then.</param>
    /// <exception cref="ConfigException">The change has mistakes; nothing was changed.</exception>
    /// <exception cref="ArbiterAwayException">The database does not answer. Whether the change was made is unknown.</exception>
    public async Task<EffectiveConfig> PatchAsync(string location, JsonObject change, CancellationToken cancellationToken)
    {
        EffectiveConfig changed;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            changed = await ReplaceAsync(location, change, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }

        await Task.Delay(_allHaveRead, time, cancellationToken);
        return changed;
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task<EffectiveConfig> ReplaceAsync(string location, JsonObject change, CancellationToken cancellationToken)
    {
        while (true)
        {
            await ReadAsync(cancellationToken);
            var (effective, patches) = configs.WithPatch(location, change);
            if (await shared.TryReplaceAsync(_version, JsonSerializer.SerializeToUtf8Bytes(patches, ServerJson.Default.JsonObject), cancellationToken) is not { } version)
                continue; // Another node was first: the change is made on what that one stored.

            configs.ReplacePatches(patches);
            Interlocked.Exchange(ref _version, version);
            return effective;
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var stored = await shared.ReadAsync(cancellationToken);
        if (stored.Version == _version)
            return;

        configs.ReplacePatches(JsonNode.Parse(stored.Json.Span)!.AsObject());
        Interlocked.Exchange(ref _version, stored.Version);
    }
}
