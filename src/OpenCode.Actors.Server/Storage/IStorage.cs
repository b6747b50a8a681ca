namespace OpenCode.Actors.Server.Storage;

/// <summary>Where everything that must outlive the process is.</summary>
internal interface IStorage
{
    /// <summary>Opens it, before the actors start.</summary>
    Task OpenAsync();
}
