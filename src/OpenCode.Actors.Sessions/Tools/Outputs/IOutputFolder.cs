namespace OpenCode.Actors.Sessions.Tools.Outputs;

/// <summary>Where the outputs are kept that are too long for a model. A door.</summary>
internal interface IOutputFolder
{
    /// <summary>Gets the folder, which tools may read wherever they run.</summary>
    string Path { get; }

    /// <summary>Makes a file; those that are too old are removed.</summary>
    /// <param name="name">What it is named after.</param>
    /// <returns>Its path, and what writes into it.</returns>
    /// <exception cref="IOException">It cannot be made.</exception>
    Task<(string Path, Stream File)> CreateAsync(string name);
}
