namespace OpenCode.Actors.Journal.Nodes;

/// <summary>The arbiter, or the database behind it, did not answer. Without an answer there is no verdict, no claim, and no node leaves (rule "The database decides who is dead").</summary>
public sealed class ArbiterAwayException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The node may not join. The message says why and what to do next.</summary>
public sealed class NotAdmittedException(string message) : Exception(message);

/// <summary>This node was declared dead, or has left: it may not claim or write, and must end.</summary>
public sealed class DeclaredDeadException(string message) : Exception(message);
