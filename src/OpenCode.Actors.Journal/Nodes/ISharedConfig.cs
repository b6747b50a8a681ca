namespace OpenCode.Actors.Journal.Nodes;

/// <summary>The configuration that clients changed while the cluster ran: one for all nodes. Each member may throw <see cref="ArbiterAwayException"/>.</summary>
public interface ISharedConfig
{
    /// <summary>Reads the config. Whether there is a newer one <see cref="NodeLook.ConfigVersion"/> says.</summary>
    ValueTask<StoredConfig> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Stores a config in place of the one that it was made from.</summary>
    /// <param name="expected">The version that it was made from.</param>
    /// <param name="json">The whole config, UTF-8.</param>
    /// <param name="cancellationToken">Gives up; it may have been stored then.</param>
    /// <returns>The new version; null when the present one is not the expected one: read it, make the change again, and try again.</returns>
    ValueTask<long?> TryReplaceAsync(long expected, ReadOnlyMemory<byte> json, CancellationToken cancellationToken);
}

/// <summary>A config as it is stored.</summary>
/// <param name="Version">0 for the empty one that every cluster begins with; grows with each change.</param>
/// <param name="Json">The whole config, UTF-8; <c>{}</c> for the empty one.</param>
public sealed record StoredConfig(long Version, ReadOnlyMemory<byte> Json);
