using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Commands;

namespace OpenCode.Actors.Sessions.Region;

/// <summary>Hands a command to its session, which starts for it. The envelope of the region, and of the shard region of a cluster.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Command">An <see cref="ISessionCommand"/>; the session answers its sender.</param>
internal sealed record Deliver(SessionId SessionId, object Command);
