namespace OpenCode.Actors.Server.Settings;

/// <summary>The exit codes of the process.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>An option or the configuration is wrong.</summary>
    public const int BadOption = 2;

    /// <summary>The data folder is used by another process (also by one that took it from this one), damaged, of another version, or cannot be used; the database of the cluster does not answer, or is of a newer version.</summary>
    public const int DataFolder = 3;

    /// <summary>Something else listens on the port.</summary>
    public const int PortTaken = 4;

    /// <summary>
    /// The journal is dead: the disk did not take what had to be durable, or the database of the cluster is in another life. Nothing acknowledged is lost by it, unless files were taken away; look at the
    /// disk before the next start.
    /// </summary>
    public const int JournalDied = 5;

    /// <summary>The other nodes have declared this one dead. Start it again: it joins as a new node.</summary>
    public const int DeclaredDead = 6;

    /// <summary>A stop hung and was ended after <see cref="Hosting.StopLimit.Limit"/>. Nothing acknowledged is lost.</summary>
    public const int StopHung = 7;
}
