namespace OpenCode.Actors.Server.CommandLine;

/// <summary>The answer to everything that asks for a cluster. Its options and commands are still parsed, so that the answer is a reason and not a syntax error.</summary>
internal static class NoCluster
{
    /// <summary>The reason, and what to do instead.</summary>
    public const string Reason =
        "this build runs on one machine only and has no cluster: run one server without --cluster, --node, --advertise and server.cluster; the cluster comes back with a later release.";

    /// <summary>Says so.</summary>
    /// <param name="errors">The stderr of the command.</param>
    /// <param name="asked">What asked for a cluster.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> AnswerAsync(TextWriter errors, string asked)
    {
        await errors.WriteLineAsync($"{asked}: {Reason}");
        return ExitCodes.BadOption;
    }
}
