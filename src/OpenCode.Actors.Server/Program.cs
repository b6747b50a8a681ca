using OpenCode.Actors.Server.CommandLine;

namespace OpenCode.Actors.Server;

/// <summary>Where the process begins.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) => OpenCodeCommand.RunAsync(args);
}
