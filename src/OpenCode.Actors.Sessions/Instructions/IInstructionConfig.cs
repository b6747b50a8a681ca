namespace OpenCode.Actors.Sessions.Instructions;

/// <summary>The configuration of instructions.</summary>
internal interface IInstructionConfig
{
    /// <summary>Returns where the instructions of a location are. May read files.</summary>
    InstructionSources For(string directory);
}

/// <summary>Where the instructions of a location are, beside the files of the project.</summary>
/// <param name="Home">The user's home.</param>
/// <param name="OfUser">The user's own files: the first that exists is read.</param>
/// <param name="Configured">The entries of <c>instructions</c>: paths, globs and URLs.</param>
/// <param name="ReadsClaude">Whether files of the name <c>CLAUDE.md</c> are read.</param>
internal sealed record InstructionSources(string Home, IReadOnlyList<string> OfUser, IReadOnlyList<string> Configured, bool ReadsClaude = true)
{
    /// <summary>Gets the entries that the location's own configuration names: they stay inside of the project.</summary>
    public IReadOnlyCollection<string> OfLocation { get; init; } = [];

    /// <summary>Gets why the configuration could not be read; null when it could.</summary>
    public string? Fault { get; init; }
}
