namespace OpenCode.Actors.Server.Config.Doors;

/// <summary>The files and variables of this machine.</summary>
internal sealed class MachineConfigSource : IConfigSource
{
    public string Home => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    public string? ReadText(string path)
    {
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

    public string? Variable(string name) => Environment.GetEnvironmentVariable(name);
}
