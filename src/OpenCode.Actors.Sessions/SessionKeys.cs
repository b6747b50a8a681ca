namespace OpenCode.Actors.Sessions;

/// <summary>The key of the region in the registry of actors. One node has a <see cref="Region.LocalSessionRegion"/> under it; a cluster registers its shard region instead.</summary>
internal sealed class SessionRegion;

/// <summary>The key of the index of all sessions.</summary>
internal sealed class SessionIndexKey;

/// <summary>The key of the MCP servers of this node.</summary>
internal sealed class ToolServersKey;
