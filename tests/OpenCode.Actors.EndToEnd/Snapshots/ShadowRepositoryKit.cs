using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Server.Locations.Doors;
using OpenCode.Actors.Server.Snapshots.Doors;
using OpenCode.Actors.Sessions.Snapshots;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.Changes;
using OpenCode.Actors.Sessions.Tools.Paths;
using OpenCode.Actors.Sessions.Tools.Paths.Doors;

namespace OpenCode.Actors.EndToEnd.Snapshots;

/// <summary>Snapshots by the real git, of a real worktree.</summary>
public abstract class ShadowRepositoryKit : IDisposable
{
    private protected ShadowRepositoryKit()
    {
        var project = Folder.Sub("project");
        foreach (var (name, text) in new[] { ("a.txt", "one\ntwo\n"), ("crlf.txt", "one\r\ntwo\r\n"), ("sub/run.sh", "#!/bin/sh\n"), ("gone ü \n.txt", "x"), (".gitignore", "ignored\n"), (".gitattributes", "* text=auto eol=lf\n*.txt filter=evil ident\n") })
            new GitFolder(project).Write(name, text);
        Project = GitFolder.Init(project);
        Project.Git("config", "core.autocrlf", "true");
        Project.Git("config", "filter.evil.clean", "touch /tmp/never; cat");
        Shadow = Open();
    }

    private protected TempFolder Folder { get; } = new();

    private protected GitFolder Project { get; }

    private protected ShadowRepository Shadow { get; set; }

    private protected DiskStore Store { get; } = new(new ExactFiles(new OpenCode.Actors.Sessions.Files.Doors.MachineFiles()));

    /// <summary>Gets the changes by the tools of sessions.</summary>
    private protected FileChanges Written => field ??= new FileChanges(Store, new ReadStamps());

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected ShadowRepository Open(string? data = null, IFileStore? store = null)
    {
        data ??= Folder.Sub("data");
        return new ShadowRepository(Path.Combine(data, "shadow"), Project.Path, data, store ?? Store, Written, new GitProcess(TimeProvider.System, new SecretVariables()));
    }
}
