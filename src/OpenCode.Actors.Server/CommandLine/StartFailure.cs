using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Front;
using OpenCode.Actors.Storage.Postgres.Connections;

namespace OpenCode.Actors.Server.CommandLine;

/// <summary>Why a server did not start, as people and service managers are told.</summary>
/// <param name="ExitCode">One of <see cref="ExitCodes"/>.</param>
/// <param name="Message">What happened, where, and what to do next.</param>
internal sealed record StartFailure(int ExitCode, string Message)
{
    /// <summary>Makes it of an exception; null for one that no start should throw.</summary>
    /// <param name="exception">What the start threw.</param>
    /// <param name="settings">The command line.</param>
    public static StartFailure? Of(Exception exception, ServeSettings settings) => exception switch
    {
        ConfigException or FrontRefusedException or NotAdmittedException or DatabaseRefusedException => new(ExitCodes.BadOption, exception.Message),
        DeclaredDeadException => new(ExitCodes.DeclaredDead, exception.Message),
        DatabaseException or ArbiterAwayException => new(ExitCodes.DataFolder, exception.Message),
        JournalFailedException { IsTaken: true } => new(ExitCodes.DataFolder, exception.Message),
        JournalFailedException => new(ExitCodes.JournalDied, exception.Message),
        JournalException => new(ExitCodes.DataFolder, exception.Message),
        IOException { InnerException: AddressInUseException } =>
            new(ExitCodes.PortTaken, $"Port {settings.Port} of {settings.Hostname} is taken. Stop what listens there, or give another --port; 0 picks a free one."),
        SocketException => new(ExitCodes.BadOption, $"Cannot listen on {settings.Hostname}, port {settings.Port}: {exception.Message}."),
        IOException or UnauthorizedAccessException => new(ExitCodes.DataFolder, $"The data folder '{settings.DataFolder}' cannot be used: {exception.Message}"),
        _ => null,
    };
}
