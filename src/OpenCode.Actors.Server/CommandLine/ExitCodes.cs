namespace OpenCode.Actors.Server.CommandLine;

/// <summary>How the process ends.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>An option or the configuration is wrong.</summary>
    public const int BadOption = 2;

    /// <summary>The data folder is used by another process, damaged, or of a newer version.</summary>
    public const int DataFolder = 3;

    /// <summary>Something else listens on the port.</summary>
    public const int PortTaken = 4;

    /// <summary>The journal is dead: the disk did not take what had to be durable. Nothing acknowledged is lost by it; look at the disk before the next start.</summary>
    public const int JournalDied = 5;
}
