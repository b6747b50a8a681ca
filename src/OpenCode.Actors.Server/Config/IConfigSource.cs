namespace OpenCode.Actors.Server.Config;

/// <summary>Where configuration comes from: files and environment variables. A door.</summary>
internal interface IConfigSource
{
    /// <summary>Gets the home folder of the user: what <c>~/</c> stands for.</summary>
    string Home { get; }

    /// <summary>Reads a whole text file; null when there is no such file.</summary>
    /// <exception cref="IOException">The file is there and cannot be read.</exception>
    string? ReadText(string path);

    /// <summary>Tells whether a file or folder stands at a path.</summary>
    bool Exists(string path);

    /// <summary>Lists the Markdown files of a folder and of those below it, by their full paths and in their order; none when there is no such folder.</summary>
    /// <exception cref="IOException">The folder is there and cannot be read.</exception>
    IReadOnlyList<string> Markdown(string folder);

    /// <summary>Reads an environment variable; null when it is not set.</summary>
    string? Variable(string name);
}
