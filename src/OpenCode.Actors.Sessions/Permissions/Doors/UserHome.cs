namespace OpenCode.Actors.Sessions.Permissions.Doors;

/// <summary>The home folder of the user that the server runs as.</summary>
internal static class UserHome
{
    /// <summary>Gets its absolute path, also when the folder does not exist: an empty one would make data and rules relative to the working directory.</summary>
    public static string Path { get; } = System.IO.Path.GetFullPath(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify));
}
