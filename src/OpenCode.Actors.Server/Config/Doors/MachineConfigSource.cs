namespace OpenCode.Actors.Server.Config.Doors;

/// <summary>The files and variables of this machine.</summary>
internal sealed class MachineConfigSource : IConfigSource
{
    // A link to a folder above would be walked for ever.
    private static readonly EnumerationOptions _deep = new() { RecurseSubdirectories = true, MaxRecursionDepth = 16, IgnoreInaccessible = false, AttributesToSkip = FileAttributes.None };

    public string Home => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    public string? ReadText(string path)
    {
        if (!Path.Exists(path))
            return null; // asked often, and an exception costs more than all else here

        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    public bool Exists(string path) => Path.Exists(path);

    public IReadOnlyList<string> Markdown(string folder)
    {
        if (!Directory.Exists(folder))
            return [];

        try
        {
            return [.. Directory.EnumerateFiles(folder, "*.md", _deep).Order(StringComparer.Ordinal)];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    public string? Variable(string name) => Environment.GetEnvironmentVariable(name);
}
