using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Sessions;

namespace OpenCode.Actors.Sessions.Commands;

/// <summary>Makes the session; answered with <see cref="Created"/>. Its id is new, made by the sender.</summary>
/// <remarks>The id is the name of the command: a copy is answered with the session as it is now, or with <see cref="SessionNotFound"/> when it was deleted since.</remarks>
internal sealed record Create(Place Place, Protocol.Requests.CreateSession Request) : ISessionCommand;

/// <summary>The session exists. <paramref name="Offset"/> is that of its last event.</summary>
internal sealed record Created(Session Info, long Offset);

/// <summary>Makes a child of the session, unless that is being deleted; answered as <see cref="Create"/> is, by the child.</summary>
/// <param name="Child">The id of the child, which is new, made by the sender. It is the name of the creation.</param>
/// <param name="Place">Its location.</param>
/// <param name="Request">The client's request.</param>
internal sealed record CreateChild(SessionId Child, Place Place, Protocol.Requests.CreateSession Request) : ISessionCommand;

/// <summary>Makes the session with a copy of another one's messages; answered as <see cref="Create"/> is. Its id is new, made by the sender.</summary>
/// <param name="Place">Its location: that of the other one.</param>
/// <param name="Title">Its title.</param>
/// <param name="Permission">The other one's permission rules: what is forbidden there is not allowed here (rule "Restrictions fail closed").</param>
/// <param name="Messages">The messages that it gets, with ids of its own.</param>
internal sealed record CreateFork(Place Place, string Title, IReadOnlyList<PermissionRule>? Permission, IReadOnlyList<MessageWithParts> Messages) : ISessionCommand;
