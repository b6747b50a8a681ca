namespace OpenCode.Actors.Tests.TestKit;

/// <summary>Work left the seeded thread, so its order is no longer the seed's. The message holds the stack of the escape.</summary>
/// <param name="message">What escaped, when, and where.</param>
public sealed class EscapeException(string message) : Exception(message);
