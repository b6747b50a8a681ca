namespace OpenCode.Actors.Tests.TestKit.Sse;

/// <summary>An event as a client of a stream sees it (HTML 9.2.6).</summary>
/// <param name="Type">The <c>event:</c> field; <c>message</c> if there was none.</param>
/// <param name="Data">The <c>data:</c> lines, joined by LF.</param>
/// <param name="LastEventId">The last id seen up to here; empty if there was none.</param>
public readonly record struct SseEvent(string Type, string Data, string LastEventId);
