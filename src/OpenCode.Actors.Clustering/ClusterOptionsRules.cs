using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace OpenCode.Actors.Clustering;

/// <summary>Lists every mistake at once.</summary>
internal sealed partial class ClusterOptionsRules : IValidateOptions<ClusterOptions>
{
    public ValidateOptionsResult Validate(string? name, ClusterOptions options)
    {
        var mistakes = new List<string>();
        Require(NamePattern().IsMatch(options.Name), "server.cluster.node (--node): give 1 to 40 characters of A-Z a-z 0-9 _ - . that no other node has.");
        Require(
            options.Url is { IsAbsoluteUri: true, Scheme: "http" or "https" },
            "server.cluster.advertise (--advertise): give the http:// or https:// URL where the other nodes reach this one.");
        Require(options.Tag.Length is >= 1 and <= 63, "The tag of the connections needs 1 to 63 characters.");
        Require(options.DefaultLocation.Length > 0, "The default location of a cluster must be known.");
        Require(options.ShardCount is >= 1 and <= 1_024, "server.cluster.shards: give 1 to 1024, the same on all nodes.");
        Require(options.LookMs is >= 50 and <= 500, "server.cluster.look_ms: give 50 to 500 (milliseconds).");
        Require(
            options.RenewMs >= 100 && options.RenewMs * 3 <= options.DeadlineMs, "server.cluster.renew_ms: give 100 to a third of deadline_ms (milliseconds).");
        Require(options.LeaseMs is >= 2_000 and <= 60_000, "server.cluster.lease_ms: give 2000 to 60000 (milliseconds), the same on all nodes.");
        Require(options.DeadlineMs <= options.LeaseMs - 1_000, "server.cluster.deadline_ms: give at most lease_ms less 1000 (milliseconds).");
        Require(options.GraceMs >= options.LeaseMs, "server.cluster.grace_ms: give at least lease_ms (milliseconds).");
        Require(options.DrainMs is >= 0 and <= 60_000, "server.cluster.drain_ms: give 0 to 60000 (milliseconds).");
        Require(options.MovesPerSecond is >= 1 and <= 1_024, "server.cluster.moves_per_second: give 1 to 1024.");
        return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);

        void Require(bool holds, string mistake)
        {
            if (!holds)
                mistakes.Add(mistake);
        }
    }

    [GeneratedRegex("^[A-Za-z0-9_.-]{1,40}$", RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex NamePattern();
}
