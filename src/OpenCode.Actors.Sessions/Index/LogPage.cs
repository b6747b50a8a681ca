using Akka.Event;

namespace OpenCode.Actors.Sessions.Index;

/// <summary>A range of the log, with its events for the index.</summary>
/// <param name="After">The offset behind which it begins.</param>
/// <param name="Through">The offset up to which it goes.</param>
/// <param name="IndexEventReader">What happened there.</param>
internal sealed record LogPage(long After, long Through, IReadOnlyList<IndexEvent> IndexEventReader) : IDeadLetterSuppression;

/// <summary>The log was trimmed faster than it was followed: the index has to be read again. The last message of a follower.</summary>
internal sealed record LogTrimmed : IDeadLetterSuppression;
