namespace OpenCode.Actors.Server.Answers;

/// <summary>A list of <c>/api</c> for something of which there is none.</summary>
internal sealed record EmptyList(LocationAnswer Location, IReadOnlyList<string> Data);
