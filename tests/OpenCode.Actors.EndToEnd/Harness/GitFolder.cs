using System.Diagnostics;

namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>A git repository of a user.</summary>
/// <param name="path">The folder that it fills.</param>
internal sealed class GitFolder(string path)
{
    public string Path => path;

    /// <summary>Makes a repository of a folder and commits what is in it.</summary>
    public static GitFolder Init(string path)
    {
        var made = new GitFolder(path);
        made.Git("init", "--quiet", "--initial-branch=main");
        made.Git("add", "--all");
        made.Git("-c", "user.name=user", "-c", "user.email=user@example.org", "commit", "--quiet", "--allow-empty", "--message=first");
        return made;
    }

    public string At(string name) => System.IO.Path.Combine(path, name);

    public string Read(string name) => File.ReadAllText(At(name));

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(At(name))!);
        File.WriteAllText(At(name), text);
    }

    public bool IsRunnable(string name) => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(At(name)) & UnixFileMode.UserExecute) != UnixFileMode.None;

    public void MakeRunnable(string name)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(At(name), File.GetUnixFileMode(At(name)) | UnixFileMode.UserExecute);
    }

    public string Git(params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = path, RedirectStandardOutput = true, UseShellExecute = false })!;
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.True(git.ExitCode == 0, $"git {string.Join(' ', arguments)}: {git.ExitCode}");
        return output;
    }
}
