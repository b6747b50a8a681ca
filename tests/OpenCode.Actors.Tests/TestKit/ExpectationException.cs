namespace OpenCode.Actors.Tests.TestKit;

/// <summary>An expectation of a test about actors did not hold.</summary>
/// <param name="message">What was expected and what happened instead.</param>
public sealed class ExpectationException(string message) : Exception(message);
