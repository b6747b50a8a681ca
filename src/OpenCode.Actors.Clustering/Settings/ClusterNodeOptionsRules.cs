using System.Net;
using Microsoft.Extensions.Options;

namespace OpenCode.Actors.Clustering.Settings;

/// <summary>Checks the options of a node: every mistake at once, each with what to give instead.</summary>
internal sealed class ClusterNodeOptionsRules : IValidateOptions<ClusterNodeOptions>
{
    private const int MinSecretLength = 16;
    private const int MaxSecrets = 4;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ClusterNodeOptions options)
    {
        var mistakes = Mistakes(options).ToList();
        return mistakes.Count > 0 ? ValidateOptionsResult.Fail(mistakes) : ValidateOptionsResult.Success;
    }

    private static IEnumerable<string> Mistakes(ClusterNodeOptions o)
    {
        if (o.Name.Length is 0 or > 60 || !o.Name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'))
            yield return $"--node: '{o.Name}' cannot be the name of a node; give 1 to 60 letters, digits, dots, hyphens and underscores.";
        if (AdvertisedAddress.MistakeIn(o.AdvertisedHost) is { } mistake)
            yield return mistake;
        if (o.AdvertisedPort is < 0 or > 65_535)
            yield return $"--advertise: {o.AdvertisedPort} is no port; give 1 to 65535.";
        if (o.Port is < 0 or > 65_535)
            yield return $"--cluster-port: {o.Port} is no port; give 0 (any free one) to 65535.";
        if (!IPAddress.TryParse(o.ListenAddress, out _))
        {
            yield return o.BindAddress.Length > 0
                ? $"--cluster-bind: '{o.BindAddress}' is no IP address; give the private address of this machine that the other nodes reach."
                : $"--cluster-bind is missing: '{o.AdvertisedHost}' is a name, so give the IP address of this machine to listen on.";
        }

        foreach (var wrong in MistakesInSecrets(o))
            yield return wrong;
        if (o.TurnWindowMs is < 0 or > 1_500)
            yield return "cluster: a running turn gets 0 to 1500 ms while its node drains.";
        if (o.MaxHeldCommands < 1)
            yield return "cluster: hold 1 or more commands.";
        if (o.MaxHeldBytes < 1L << 20)
            yield return "cluster: hold 1048576 (1 MiB) or more bytes of commands.";
    }

    // Never the secret itself (rule "Secrets stay in the server").
    private static IEnumerable<string> MistakesInSecrets(ClusterNodeOptions o)
    {
        if (o.Secret.Length == 0)
        {
            yield return $"OPENCODE_CLUSTER_SECRET is missing: give the same random text of {MinSecretLength} characters or more to all nodes, such as the output of 'openssl rand -hex 32'.";
            yield break;
        }

        var secrets = o.Secrets;
        if (secrets.Length > MaxSecrets)
            yield return $"OPENCODE_CLUSTER_SECRET has {secrets.Length} secrets; {MaxSecrets} are accepted at the same time. Give the present one, and the next one behind a comma.";
        for (var i = 0; i < secrets.Length; i++)
        {
            if (secrets[i].Length < MinSecretLength)
                yield return $"OPENCODE_CLUSTER_SECRET: secret {i + 1} has {secrets[i].Length} characters; give {MinSecretLength} or more. A comma parts two secrets.";
        }

        if (secrets.Distinct(StringComparer.Ordinal).Count() < secrets.Length)
            yield return "OPENCODE_CLUSTER_SECRET has the same secret twice.";
    }
}
