namespace OpenCode.Actors.Storage.Postgres.Connections;

/// <summary>The database cannot be used as it is; the derived type says whether another try may help.</summary>
/// <param name="message">What happened, where, and what to do.</param>
/// <param name="innerException">The cause, if there is one.</param>
public abstract class DatabaseException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>Nothing answers, or it answers that it cannot serve now: it may do so later.</summary>
/// <param name="message">What happened, where, and what to do.</param>
/// <param name="innerException">The cause.</param>
public sealed class DatabaseUnreachableException(string message, Exception? innerException = null) : DatabaseException(message, innerException);

/// <summary>The connection string, the role, the database or its settings have to be changed: another try does not help.</summary>
/// <param name="message">What is wrong, and what to change.</param>
/// <param name="innerException">The cause, if there is one.</param>
public sealed class DatabaseRefusedException(string message, Exception? innerException = null) : DatabaseException(message, innerException);

/// <summary>The schema of the database was made by a newer version of the program.</summary>
/// <param name="schema">The schema.</param>
/// <param name="found">Its version.</param>
/// <param name="known">The newest version that this program knows.</param>
public sealed class DatabaseVersionException(string schema, int found, int known) : DatabaseException(
    $"The schema '{schema}' has version {found}; this program knows versions up to {known}. Use the newer version of the program that made it.")
{
    /// <summary>Gets the version of the schema.</summary>
    public int Found { get; } = found;

    /// <summary>Gets the newest version that this program knows.</summary>
    public int Known { get; } = known;
}

/// <summary>The database has begun another life since this process opened it: it was restored, or a standby was promoted. What this process holds may not be in it.</summary>
/// <param name="expected">The generation that this process knows.</param>
/// <param name="found">The generation that is there.</param>
public sealed class DatabaseLifeException(long expected, long found) : DatabaseException(
    $"The database began generation {found} while this process works in generation {expected}: it was restored or failed over. Start this process again; it reads what is there.")
{
    /// <summary>Gets the generation that this process knows.</summary>
    public long Expected { get; } = expected;

    /// <summary>Gets the generation that is there.</summary>
    public long Found { get; } = found;
}
