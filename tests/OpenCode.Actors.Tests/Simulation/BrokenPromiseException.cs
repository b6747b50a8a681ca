namespace OpenCode.Actors.Tests.Simulation;

/// <summary>A promise was found broken.</summary>
/// <param name="message">Which, with the seed that shows it again.</param>
public sealed class BrokenPromiseException(string message) : Exception(message);
