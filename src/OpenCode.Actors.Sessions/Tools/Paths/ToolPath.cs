using OpenCode.Actors.Sessions.Permissions;

namespace OpenCode.Actors.Sessions.Tools.Paths;

/// <summary>The path that a call names.</summary>
/// <param name="Named">The path as named, made absolute.</param>
/// <param name="Real">Where that is: links resolved as far as something is there, so that what is made new is judged by the folder it would be made in.</param>
internal sealed record ToolPath(string Named, string Real)
{
    /// <summary>Resolves a path; a relative one starts at the location.</summary>
    /// <exception cref="ToolRefusedException">It cannot be a path.</exception>
    public static ToolPath Of(string given, ToolLocation location)
    {
        if (given.Contains('\0', StringComparison.Ordinal))
            throw new ToolRefusedException("The path holds a NUL character, which no file has in its name. Give it without.");

        var joined = Path.Combine(location.Directory, given);
        return new ToolPath(Path.TrimEndingDirectorySeparator(Path.GetFullPath(joined)), location.Paths.RealPath(joined));
    }

    /// <summary>Returns a path as people read it: relative within the root of the project.</summary>
    public string In(ToolLocation location) => location.Contains(Real) ? Path.GetRelativePath(location.Base, Real) : Real;
}
