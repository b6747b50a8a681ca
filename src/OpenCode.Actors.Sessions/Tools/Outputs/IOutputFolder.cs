namespace OpenCode.Actors.Sessions.Tools.Outputs;

/// <summary>Stores the outputs that are too long for a model. A door.</summary>
internal interface IOutputFolder
{
    /// <summary>Gets the folder, which tools may read wherever they run.</summary>
    string Path { get; }

    /// <summary>Makes a file; what is beyond the <see cref="OutputBounds"/> is removed.</summary>
    /// <param name="name">What it is named after.</param>
    /// <returns>Its path, and what writes into it.</returns>
    /// <exception cref="IOException">It cannot be made.</exception>
    Task<(string Path, Stream File)> CreateAsync(string name);

    /// <summary>Removes what is beyond the <see cref="OutputBounds"/>.</summary>
    /// <exception cref="IOException">It cannot be removed.</exception>
    Task SweepAsync();
}
