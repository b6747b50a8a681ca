using OpenCode.Actors.Server.CommandLine;

namespace OpenCode.Actors.Server;

/// <summary>The entry point of the process.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) => OpenCodeCommand.RunAsync(args);
}
