namespace OpenCode.Actors.Server.Config;

/// <summary>Where configuration comes from: files and environment variables. A door.</summary>
internal interface IConfigSource
{
    /// <summary>Gets the home folder of the user: what <c>~/</c> stands for.</summary>
    string Home { get; }

    /// <summary>Reads a whole text file; null when there is no such file.</summary>
    /// <exception cref="IOException">The file is there and cannot be read.</exception>
    string? ReadText(string path);

    /// <summary>Reads an environment variable; null when it is not set.</summary>
    string? Variable(string name);
}
