namespace OpenCode.Actors.Server.Storage;

/// <summary>The storage of everything that must outlive the process.</summary>
internal interface IStorage
{
    /// <summary>Opens it, before the actors start.</summary>
    Task OpenAsync();
}
