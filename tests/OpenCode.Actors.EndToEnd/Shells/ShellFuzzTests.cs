using System.Text.Json;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Permissions.Doors;
using OpenCode.Actors.Sessions.Shell;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Shells;

/// <summary>Generated lines, judged by us and run by bash: what is allowed never runs what the rules deny (rule "Every simple command is judged").</summary>
public sealed class ShellFuzzTests(ITestOutputHelper output)
{
    private static readonly PermissionRule[] _badIsDenied = [new("bash", "*", PermissionAction.Allow), new("bash", "bad *", PermissionAction.Deny)];

    private static readonly PermissionRule[] _fewAreAllowed =
    [
        new("bash", "*", PermissionAction.Deny),
        .. "good echo true cat : f g function env nohup nice timeout stdbuf setsid command exec xargs find bash eval trap wait [ setarch linux64 prlimit setpriv chrt git sed awk tar split perl script"
            .Split(' ').Select(static name => new PermissionRule("bash", $"{name} *", PermissionAction.Allow)),
    ];

    [Fact]
    public async Task What_is_allowed_never_runs_what_is_denied()
    {
        var seed = Scale.Seed();
        output.WriteLine($"OPENCODE_ACTORS_SEED={seed}");
        var random = new Random(seed);
        var grammar = new ShellGrammar(random);
        using var shell = new StubShell();
        var (lines, allowed, denied, guilty) = (Scale.Of(500, 10_000), 0, 0, 0);
        for (var line = 0; line < lines; line++)
        {
            var text = grammar.Line();
            AssertReaderIsSound(text);
            var verdict = Judge(text, random.Next(2) == 0 ? _badIsDenied : _fewAreAllowed);
            if (verdict == PermissionAction.Allow)
            {
                allowed++;
                Assert.False((await shell.RunAsync(text)).Contains("bad"), $"Line {line} of seed {seed} was allowed and ran 'bad':\n{text}");
            }
            else if (denied++ % 10 == 0 && (await shell.RunAsync(text)).Contains("bad"))
            {
                guilty++; // Shows that the lines would do harm.
            }
        }

        output.WriteLine($"{lines} lines: {allowed} allowed, {denied} asked about or denied, {guilty} of every tenth of these would have run 'bad'");
        Assert.True(allowed > lines / 20, "Too few lines are allowed for this to say anything.");
        Assert.True(guilty > lines / 100, "Too few lines do harm for this to say anything.");
    }

    private static void AssertReaderIsSound(string line)
    {
        try
        {
            ShellLine.Read(line);
        }
        catch (ShellSyntaxException)
        {
            // As good an answer as any.
        }
    }

    private static PermissionAction Judge(string line, PermissionRule[] rules) => ToolPermission
        .Of(new ToolCall("c", "bash", JsonSerializer.SerializeToElement(new { command = line })), new ToolLocation("/", "/", new DiskPaths()))
        .Aggregate(PermissionAction.Allow, (strictest, permission) => CommandPattern.Stricter(strictest, permission.Evaluate(rules)));
}
