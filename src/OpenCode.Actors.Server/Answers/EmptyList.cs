namespace OpenCode.Actors.Server.Answers;

/// <summary>An empty list of <c>/api</c>.</summary>
internal sealed record EmptyList(LocationAnswer Location, IReadOnlyList<string> Data);
