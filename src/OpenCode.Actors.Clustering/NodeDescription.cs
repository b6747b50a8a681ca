namespace OpenCode.Actors.Clustering;

/// <summary>What a node says of itself when it joins.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Url">Where the other nodes reach it.</param>
/// <param name="Tag">The <c>application_name</c> of all its connections.</param>
/// <param name="Protocol">The version of what nodes say to each other. All members have the same.</param>
/// <param name="Version">The version of the program, for people.</param>
/// <param name="Location">The default location. All members have the same (RULES H3).</param>
/// <param name="ShardCount">The number of shards. The same for the life of a database.</param>
public sealed record NodeDescription(string Name, Uri Url, string Tag, int Protocol, string Version, string Location, int ShardCount);
