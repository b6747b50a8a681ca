namespace OpenCode.Actors.Sessions;

/// <summary>The key of the region in the registry of actors.</summary>
internal sealed class SessionsKey;

/// <summary>The key of the journal's actor: for events that belong to no session.</summary>
internal sealed class JournalKey;
