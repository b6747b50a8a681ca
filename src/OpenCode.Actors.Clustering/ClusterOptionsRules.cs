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
        Require(options.ShardCount is >= 1 and <= 1_024, "ShardCount: give 1 to 1024, the same on all nodes.");
        Require(options.LookMs is >= 50 and <= 500, "LookMs: give 50 to 500 (milliseconds).");
        Require(
            options.RenewMs >= 100 && options.RenewMs * 3 <= options.DeadlineMs, "RenewMs: give 100 to a third of DeadlineMs (milliseconds).");
        Require(options.LeaseMs is >= 2_000 and <= 60_000, "LeaseMs: give 2000 to 60000 (milliseconds), the same on all nodes.");
        Require(options.DeadlineMs <= options.LeaseMs - 1_000, "DeadlineMs: give at most LeaseMs less 1000 (milliseconds).");
        Require(options.GraceMs >= options.LeaseMs, "GraceMs: give at least LeaseMs (milliseconds).");
        Require(options.DrainMs is >= 0 and <= 60_000, "DrainMs: give 0 to 60000 (milliseconds).");
        Require(options.MovesPerSecond is >= 1 and <= 1_024, "MovesPerSecond: give 1 to 1024.");
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
