using OpenCode.Actors.Protocol.Sessions;

namespace OpenCode.Actors.Sessions.Commands;

/// <summary>Changes title, archive time or permission rules; what is null stays. Answered with <see cref="Updated"/>.</summary>
internal sealed record Update(Protocol.Requests.UpdateSession Request) : ISessionCommand;

/// <summary>The session is changed; <paramref name="Info"/> is as it is now.</summary>
internal sealed record Updated(Session Info, long Offset);
