using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Front;
using OpenCode.Actors.Server.Settings;
using OpenCode.Actors.Storage.Postgres.Connections;
using OpenCode.Actors.Storage.Sqlite.Doors;

namespace OpenCode.Actors.Server.CommandLine;

/// <summary>The message and exit code for a server that did not start, for people and service managers.</summary>
/// <param name="ExitCode">One of <see cref="ExitCodes"/>.</param>
/// <param name="Message">What happened, where, and what to do next.</param>
internal sealed record StartFailure(int ExitCode, string Message)
{
    /// <summary>Makes it of an exception; null for one that no start should throw.</summary>
    /// <param name="exception">What the start threw.</param>
    /// <param name="settings">The command line.</param>
    /// <param name="findHolder">Finds the holder of a data folder.</param>
    public static StartFailure? Of(Exception exception, ServeSettings settings, Func<string, HolderInfo?> findHolder) => exception switch
    {
        ConfigException or FrontRefusedException or NotAdmittedException or DatabaseRefusedException => new(ExitCodes.BadOption, exception.Message),
        DeclaredDeadException => new(ExitCodes.DeclaredDead, exception.Message),
        DatabaseException or ArbiterAwayException => new(ExitCodes.DataFolder, exception.Message),
        JournalFailedException { IsTaken: true } => new(ExitCodes.DataFolder, exception.Message),
        JournalFailedException => new(ExitCodes.JournalDied, exception.Message),
        JournalException => new(ExitCodes.DataFolder, exception.Message),
        IOException { InnerException: AddressInUseException } =>
            new(ExitCodes.PortTaken, PortTaken(settings, findHolder(settings.DataFolder))),
        SocketException => new(ExitCodes.BadOption, $"Cannot listen on {settings.Hostname}, port {settings.Port}: {exception.Message.TrimEnd('.')}."),
        IOException or UnauthorizedAccessException => new(ExitCodes.DataFolder, $"The data folder '{settings.DataFolder}' cannot be used: {exception.Message}"),
        _ => null,
    };

    // Two editor windows that start the same command: the second one serves too, on a port of its own.
    private static string PortTaken(ServeSettings settings, HolderInfo? holder) => holder is not null && new Uri(holder.Url).Port == settings.Port
        ? $"Port {settings.Port} is taken by the opencode-actors server (process {holder.Pid}) that uses this data folder. Use that one at {holder.Url}, or start a second one that works through it with --port 0, which picks a free port."
        : $"Port {settings.Port} of {settings.Hostname} is taken. Stop what listens there, or give another --port; 0 picks a free one.";
}
