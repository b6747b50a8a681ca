using System.Net;
using OpenCode.Actors.Server.Edge;
using OpenCode.Actors.Server.Settings;
using OpenCode.Actors.Storage.Sqlite.Doors;

namespace OpenCode.Actors.Server.Front;

/// <summary>Announces to servers that start later that this one holds the data folder.</summary>
internal static partial class HolderNotice
{
    /// <summary>Makes the notice.</summary>
    /// <param name="address">The address it listens on.</param>
    /// <param name="settings">The command line.</param>
    /// <param name="print">What its rules come from.</param>
    /// <param name="pass">By what it recognises its fronts.</param>
    public static HolderInfo Make(string address, ServeSettings settings, SettingsPrint print, FrontSecret pass) =>
        new(FromHere(address), Environment.ProcessId, pass.Secret, settings.Password is not null, print.Seal(pass.Secret));

    /// <summary>Writes it into the folder. Where that fails there can be no fronts, and nothing else is wrong.</summary>
    public static void Post(string folder, HolderInfo holder, ILogger logger)
    {
        try
        {
            HolderFile.Write(folder, holder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotWritten(logger, HolderFile.Name, folder, e.Message);
        }
    }

    // A wildcard is no address to connect to.
    private static string FromHere(string address)
    {
        var uri = new UriBuilder(address);
        if (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var ip))
            uri.Host = ip.Equals(IPAddress.Any) ? $"{IPAddress.Loopback}" : ip.Equals(IPAddress.IPv6Any) ? $"[{IPAddress.IPv6Loopback}]" : uri.Host;
        return uri.Uri.GetLeftPart(UriPartial.Authority);
    }

    [LoggerMessage(EventId = 5032, Level = LogLevel.Warning, Message = "'{File}' cannot be written in '{Folder}' ({Reason}): a second server on this folder will refuse to start. Nothing else is wrong.")]
    private static partial void LogNotWritten(ILogger logger, string file, string folder, string reason);
}
