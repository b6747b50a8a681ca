using OpenCode.Actors.Protocol.Sessions;

namespace OpenCode.Actors.Sessions.Commands;

/// <summary>Reads the to-do list; answered with <see cref="TodosFound"/>.</summary>
internal sealed record GetTodos : ISessionRead;

/// <summary>The to-do list, as it is committed.</summary>
internal sealed record TodosFound(IReadOnlyList<Todo> Todos);
