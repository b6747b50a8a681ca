using System.Text.Json;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;

namespace OpenCode.Actors.Tests.Sessions.ShellLines;

public sealed class OutsidePathsTests
{
    private const string Outside = "external_directory";
    private static readonly PermissionRule[] _askOutside = [new(Outside, "*", PermissionAction.Ask)];
    private readonly ScriptedPaths _paths = new();

    [Theory]
    [InlineData("cat /etc/passwd", "/etc/*")]
    [InlineData("cat '/etc/passwd'", "/etc/*")]
    [InlineData("cat /etc/pass\\wd", "/etc/*")]
    [InlineData("cat -- /etc/passwd", "/etc/*")]
    [InlineData("rm /etc/a /tmp/b", "/etc/*", "/tmp/*")]
    [InlineData("cd /tmp", "/tmp/*")]
    [InlineData("cd ..", "/*")]
    [InlineData("cd", "/home/u/*")]
    [InlineData("cat ~/x", "/home/u/*")]
    [InlineData("cat $HOME/x", "/home/u/*")]
    [InlineData("cat \"${HOME}/x\"", "/home/u/*")]
    [InlineData("mkdir -p /tmp/a/b", "/tmp/a/*")]
    [InlineData("cat /tmp", "/tmp/*")]
    [InlineData("cat ../etc/x", "/etc/*")]
    [InlineData("cat /work/../etc/x", "/etc/*")]
    [InlineData("cat /etc/*", "/etc/*")]
    [InlineData("cat link/x", "/etc/*")]
    [InlineData("echo x > /tmp/f", "/tmp/*")]
    [InlineData("echo x >> /tmp/f 2>> /etc/g", "/tmp/*", "/etc/*")]
    [InlineData("cat < /etc/passwd", "/etc/*")]
    [InlineData("> /etc/motd", "/etc/*")]
    [InlineData("while read a; do ls; done < /etc/passwd", "/etc/*")]
    [InlineData("echo $(cat /etc/passwd)", "/etc/*")]
    [InlineData("sudo cp a /tmp/b", "/tmp/*")]
    [InlineData("bash -c 'rm /etc/x'", "/etc/*")]
    [InlineData("cp --target-directory=/tmp x", "/tmp/*")]
    [InlineData("dd if=a of=/etc/b", "/etc/*")]
    [InlineData("find /etc -delete", "/etc/*")]
    [InlineData("cd sub && cat ../../x", "/*")]
    [InlineData("cat ~root/.ssh/id", "/~root/.ssh/*")]
    [InlineData("git -C /tmp status", "/tmp/*")]
    [InlineData("git --no-pager -C /tmp/r --git-dir /etc/x log", "/tmp/*", "/etc/*")]
    public void Folders_outside_the_location_are_asked_about(string line, params string[] patterns)
    {
        _paths.Links["/work/link"] = "/etc";

        var wanted = Assert.Single(Of(line), permission => permission.Permission == Outside);

        Assert.Equal(patterns, wanted.Patterns.Order(StringComparer.Ordinal).Reverse().Order(Comparer<string>.Create((a, b) => Array.IndexOf(patterns, a) - Array.IndexOf(patterns, b))));
        Assert.Equal(patterns.Order(StringComparer.Ordinal), wanted.Always.Order(StringComparer.Ordinal));
        Assert.Equal(PermissionAction.Ask, wanted.Evaluate(_askOutside));
        Assert.Equal(line, wanted.Metadata().GetProperty("command").GetString());
        Assert.Equal(wanted.Patterns, wanted.Metadata().GetProperty("patterns").EnumerateArray().Select(pattern => pattern.GetString()));
    }

    [Theory]
    [InlineData("cat x ./y a/../b /work/z")]
    [InlineData("ls /usr/lib")]
    [InlineData("echo x 2>/dev/null >&2 < /dev/stdin")]
    [InlineData("cat *.c src/[ab].c")]
    [InlineData("cd src")]
    [InlineData("CDPATH=/ cd ./src")]
    [InlineData("CDPATH=/ cd .")]
    [InlineData("grep -r /api/ src")]
    [InlineData("rm -rf build")]
    public void What_is_inside_needs_nothing(string line) => Assert.DoesNotContain(Of(line), permission => permission.Permission == Outside);

    [Theory]
    [InlineData("cat $x")]
    [InlineData("cat \"$x/y\"")]
    [InlineData("rm $(echo /etc)")]
    [InlineData("cd -")]
    [InlineData("cd \"$x\"")]
    [InlineData("echo > $f")]
    [InlineData("HOME=/etc; cat ~/passwd")]
    [InlineData("CDPATH=/ cd etc")]
    [InlineData("CDPATH=/root; cd .ssh; cat id_rsa")]
    [InlineData("CDPATH=/root cd ..x")]
    [InlineData("export \"CDPATH=/etc\"; cd ssl")]
    [InlineData("export CD\"PATH\"=/etc; cd ssl")]
    [InlineData("for CDPATH in /etc; do cd ssl; done")]
    [InlineData("printf -vCDPATH /etc; cd ssl")]
    [InlineData("printf -vCDPA\"TH\" /etc; cd ssl")]
    [InlineData(": ${CDPATH:=/etc}; cd ssl")]
    [InlineData("export \"HOME=/etc\"; cat ~/passwd")]
    [InlineData("export CDPATH=/; cd etc; cat passwd")]
    [InlineData("read CDPATH <<< /; cd -P etc")]
    [InlineData("export HOME=/etc; cat $HOME/passwd")]
    [InlineData("cat {/etc/passwd,x}")]
    [InlineData("echo x | xargs rm")]
    [InlineData("find . -exec rm {} +")]
    public void What_is_not_known_is_asked_about_each_time_unless_all_is_allowed(string line)
    {
        var wanted = Assert.Single(Of(line), permission => permission.Permission == Outside);

        Assert.Equal(PermissionAction.Ask, wanted.Evaluate(_askOutside));
        Assert.Equal(PermissionAction.Allow, wanted.Evaluate([new PermissionRule(Outside, "*", PermissionAction.Allow)]));
        Assert.Equal(PermissionAction.Deny, wanted.Evaluate([new PermissionRule(Outside, "*", PermissionAction.Deny)]));
        Assert.Equal(PermissionAction.Ask, wanted.Evaluate([new PermissionRule(Outside, "/etc/*", PermissionAction.Deny)]));
        Assert.Empty(wanted.Always);
    }

    [Fact]
    public void The_folder_it_runs_in_counts_too()
    {
        Assert.Equal(["/tmp/*"], Assert.Single(Of("ls", "/tmp"), permission => permission.Permission == Outside).Patterns);
        Assert.Equal(["/*"], Assert.Single(Of("ls", ".."), permission => permission.Permission == Outside).Patterns);
        Assert.DoesNotContain(Of("cat ../f", "sub"), permission => permission.Permission == Outside);
    }

    [Fact]
    public void Of_more_folders_than_a_person_reads_the_rest_is_one_that_is_not_known()
    {
        var wanted = Assert.Single(Of("rm " + string.Join(' ', Enumerable.Range(0, 9_000).Select(n => $"/d{n}/f"))), permission => permission.Permission == Outside);

        Assert.Equal(65, wanted.Patterns.Count);
        Assert.Equal(("/d0/*", "…"), (wanted.Patterns[0], wanted.Patterns[64]));
        Assert.Equal(64, wanted.Always.Count);
        Assert.Equal(PermissionAction.Ask, wanted.Evaluate([new PermissionRule(Outside, "*", PermissionAction.Allow), new PermissionRule(Outside, "/d8999/*", PermissionAction.Deny)]));
    }

    [Theory]
    [InlineData("ls", "a\0b")]
    [InlineData("cat a\0b", null)]
    [InlineData("cat $'/etc/a\\0b'", null)]
    public void A_character_that_no_path_holds_ends_no_decision(string line, string? folder) => Assert.NotEmpty(Of(line, folder));

    [Fact]
    public void The_project_around_the_location_is_not_outside()
    {
        var location = new ToolLocation("/work/sub", "/work", _paths);

        Assert.DoesNotContain(ToolPermission.Of(Call("cat ../x", null), location), permission => permission.Permission == Outside);
        Assert.Contains(ToolPermission.Of(Call("cat ../../x", null), location), permission => permission.Permission == Outside);
        Assert.Contains(ToolPermission.Of(Call("cat /workbench/x", null), location), permission => permission.Permission == Outside);
    }

    private IReadOnlyList<ToolPermission> Of(string line, string? folder = null) => ToolPermission.Of(Call(line, folder), new ToolLocation("/work", "/work", _paths));

    private static ToolCall Call(string line, string? folder) => new("c", "bash", JsonSerializer.SerializeToElement(folder is null ? (object)new { command = line } : new { command = line, workdir = folder }));
}
