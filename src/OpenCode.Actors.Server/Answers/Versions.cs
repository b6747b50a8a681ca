using System.Reflection;

namespace OpenCode.Actors.Server.Answers;

/// <summary>The versions that this server names.</summary>
internal static class Versions
{
    /// <summary>The version of opencode whose protocol this server implements.</summary>
    public const string Protocol = "1.18.33";

    /// <summary>The version of this server.</summary>
    public static readonly string Server =
        typeof(Versions).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";
}
