namespace OpenCode.Actors.Server.Config;

/// <summary>Where configuration comes from: files, environment variables and the keys that clients gave. A door.</summary>
internal interface IConfigSource
{
    /// <summary>Gets the home folder of the user: what <c>~/</c> stands for.</summary>
    string Home { get; }

    /// <summary>Reads a whole text file; null when there is no such file.</summary>
    /// <exception cref="IOException">The file is there and cannot be read.</exception>
    string? ReadText(string path);

    /// <summary>Gets a text that changes with a file; null when that is not known: the file is not there, or was changed a moment ago and may be changed again within a tick of its clock.</summary>
    string? Stamp(string path) => null;

    /// <summary>True if a file or folder exists at a path.</summary>
    bool Exists(string path);

    /// <summary>Lists the Markdown files of a folder and of those below it, by their full paths and in their order; none when there is no such folder.</summary>
    /// <exception cref="IOException">The folder is there and cannot be read.</exception>
    IReadOnlyList<string> Markdown(string folder);

    /// <summary>Reads an environment variable; null when it is not set.</summary>
    string? Variable(string name);

    /// <summary>True if an environment variable is <c>1</c> or <c>true</c>.</summary>
    bool IsSet(string name) => Variable(name) is "1" or "true";

    /// <summary>Gets the keys that clients gave; null where there is no place for them.</summary>
    IProviderKeys? Keys => null;

    /// <summary>Finds the key of a provider that a client gave; null for none.</summary>
    string? StoredKey(string providerId) => Keys?.Find(providerId);
}
