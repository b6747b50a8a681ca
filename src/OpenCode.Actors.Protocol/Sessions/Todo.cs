namespace OpenCode.Actors.Protocol.Sessions;

/// <summary>One line of a session's to-do list.</summary>
/// <param name="Content">What is to be done.</param>
/// <param name="Status"><c>pending</c>, <c>in_progress</c>, <c>completed</c> or <c>cancelled</c>.</param>
/// <param name="Priority"><c>high</c>, <c>medium</c> or <c>low</c>.</param>
public sealed record Todo(string Content, string Status, string Priority);
