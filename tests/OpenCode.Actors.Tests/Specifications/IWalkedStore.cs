using OpenCode.Actors.Journal;

namespace OpenCode.Actors.Tests.Specifications;

/// <summary>How the process of a walk ends.</summary>
internal enum WalkEnd
{
    Closed,

    /// <summary>As kill -9 does: what was written stays.</summary>
    Killed,

    /// <summary>A part of what was not synced is lost.</summary>
    PowerCut,
}

/// <summary>A store on which a walk opens the journal again and again.</summary>
internal interface IWalkedStore : IAsyncDisposable
{
    /// <summary>Gets how a process on it may end.</summary>
    IReadOnlyList<WalkEnd> Ends { get; }

    Task<IJournal> OpenAsync(JournalOptions options);

    /// <summary>Lets appends wait, if it can, until <see cref="Release"/>.</summary>
    void Hold();

    void Release();

    /// <summary>Moves the clock: retention runs.</summary>
    void Advance(TimeSpan time);

    /// <summary>Ends the process, perhaps while appends are under way. The next opening finds what is left.</summary>
    Task EndAsync(IJournal journal, WalkEnd how);
}
