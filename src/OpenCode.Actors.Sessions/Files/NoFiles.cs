namespace OpenCode.Actors.Sessions.Files;

/// <summary>A machine without files.</summary>
internal sealed class NoFiles : IFileTree, IFileWork
{
    private NoFiles()
    {
    }

    /// <summary>Gets the one instance.</summary>
    public static NoFiles Instance { get; } = new();

    /// <inheritdoc/>
    public EntryKind Look(string path) => EntryKind.Missing;

    /// <inheritdoc/>
    public Stream Open(string path) => throw new FileNotFoundException("there are no files here.");

    /// <inheritdoc/>
    public IEnumerable<FolderEntry> List(string path) => [];

    /// <inheritdoc/>
    public Task<T> DoAsync<T>(Func<IFileTree, CancellationToken, T> work, TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult(work(this, cancellationToken));
        }
        catch (Exception e)
        {
            return Task.FromException<T>(e);
        }
    }
}
