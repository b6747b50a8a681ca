namespace OpenCode.Actors.TestKit;

/// <summary>What a test expected of actors did not happen.</summary>
/// <param name="message">What was expected and what was there instead.</param>
public sealed class ExpectationException(string message) : Exception(message);
