using System.Text;
using OpenCode.Actors.Sessions.Shell;

namespace OpenCode.Actors.Sessions.Permissions;

/// <summary>The folders outside the location that a line names: by the arguments of commands that read or change files, by redirections, by its working folder.</summary>
internal static class OutsidePaths
{
    // A variable of bash, with where "cd NAME" looks for NAME. There are more ways to set it than commands show: "for CDPATH in", "${CDPATH:=".
    private const string FolderPath = "CDPATH";
    private const int MostFolders = 16;
    private const int MostPatterns = 64;
    private const int MostPaths = 4_096; // Each is looked up on the disk.
    private const int MostCharacters = 4_096; // Linux's PATH_MAX.
    private const string Programs = " cd pushd rm cp mv mkdir rmdir touch chmod chown chgrp cat ln tee head tail less more tac nl od xxd hexdump strings base64 install truncate shred unlink dd tar zip unzip gzip gunzip rsync scp vi vim nano sed ";
    private const string Devices = " /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/stdin /dev/stdout /dev/stderr /dev/tty ";

    // More than a person reads.
    private static readonly CommandPattern _rest = new("…", Always: null) { IsUnknown = true };

    /// <summary>Finds them.</summary>
    /// <returns>A pattern for each; one that is not known is as it does in the line.</returns>
    public static List<CommandPattern> Of(string line, IReadOnlyList<JudgedCommand> seen, IReadOnlyList<ShellRedirection> redirections, string? folder, ToolLocation location)
    {
        var start = folder is null ? location.Directory : Path.Combine(location.Directory, folder);
        var found = new Finding(location, start, seen.Any(static command => Sets(command.Command, "HOME")), line.Contains(FolderPath, StringComparison.Ordinal) || seen.Any(static command => Sets(command.Command, FolderPath)));
        if (folder is not null)
            found.Take(start, start, isFolder: true);
        foreach (var command in seen)
            Take(found, command.Command);
        foreach (var redirection in redirections)
            Take(found, redirection);
        return found.Patterns;
    }

    private static void Take(Finding found, ShellCommand command)
    {
        foreach (var redirection in command.Redirections)
            Take(found, redirection);
        if (command.Name == "git")
            TakeGit(found, GitCall.Read([.. command.Words.Skip(1)]).Options);
        if (command.Name is not { } name || !(Programs.Contains($" {name} ", StringComparison.Ordinal) || IsChangingFind(command)))
            return;

        var isMove = name is "cd" or "pushd";
        var arguments = command.Words.Skip(1).Where(word => !isMove || word.Value is not ("-L" or "-P" or "-e" or "-@" or "--")).ToList();
        if (isMove && arguments.Count == 0)
            arguments.Add(new ShellWord("~", [new ShellPiece(PieceKind.Tilde, "", IsQuoted: true)]));
        foreach (var argument in arguments)
            found.Take(argument, isMove);
    }

    // The folder in which git is to work is a cd.
    private static void TakeGit(Finding found, IReadOnlyList<ShellWord> options)
    {
        for (var at = 0; at + 1 < options.Count; at++)
        {
            if (options[at].Value is "-C" or "--git-dir" or "--work-tree")
                found.Take(options[++at], isMove: false);
        }
    }

    private static void Take(Finding found, ShellRedirection redirection)
    {
        if (redirection.IsFile)
            found.Take(redirection.Target, isMove: false);
    }

    private static bool IsChangingFind(ShellCommand command) => command.Name == "find"
        && command.Words.Any(static word => word.Value is "-delete" or "-exec" or "-execdir" or "-ok" or "-okdir" or "-fprint" or "-fprint0" or "-fprintf" or "-fls");

    private static bool Sets(ShellCommand command, string variable) => command.Assignments.Any(assignment => assignment.Name == variable)
        || command.Words.Skip(1).Any(word => word.Start.Contains(variable, StringComparison.Ordinal));

    private sealed class Finding(ToolLocation location, string start, bool setsHome, bool setsFolders)
    {
        // Whether a cd succeeds, and whether it is in a subshell, is not looked at: a relative path may start in any of them.
        private readonly List<string> _folders = [start];
        private readonly HashSet<string> _known = new(StringComparer.Ordinal);
        private int _paths;

        public List<CommandPattern> Patterns { get; } = [];

        public void Take(ShellWord word, bool isMove)
        {
            if (IsFull)
                return;

            // CDPATH counts for names, "..x" and ".ssh" too.
            var isLed = isMove && setsFolders && word.Value is not (['/', ..] or "." or ".." or ['.', '/', ..] or ['.', '.', '/', ..]);
            if (PathOf(word, isMove) is not { } path || isLed)
            {
                if (word.Value is null || isLed || (isMove && word.Value == "-"))
                    Add(new CommandPattern(word.Source, Always: null) { IsUnknown = true });
                return;
            }

            if (Devices.Contains($" {path} ", StringComparison.Ordinal) || path.StartsWith("/dev/fd/", StringComparison.Ordinal))
                return;
            foreach (var from in _folders.ToList())
            {
                var full = Path.Combine(from, path);
                Take(full, path, isFolder: false);
                if (isMove && !_folders.Contains(full, StringComparer.Ordinal) && _folders.Count < MostFolders)
                    _folders.Add(full);
            }
        }

        private bool IsFull => _paths > MostPaths || Patterns.Count > MostPatterns;

        public void Take(string full, string path, bool isFolder)
        {
            if (++_paths > MostPaths || full.Length > MostCharacters)
            {
                Add(_rest);
                return;
            }

            var real = location.Paths.RealPath(full);
            if (location.Contains(real) || path.Length == 0)
                return;
            var folder = isFolder || location.Paths.IsFolder(real) ? real : Path.GetDirectoryName(real) ?? "/";
            var pattern = folder == "/" ? "/*" : folder + "/*";
            Add(new CommandPattern(pattern, pattern));
        }

        private void Add(CommandPattern pattern)
        {
            if (_known.Contains(pattern.Text))
                return;
            var added = Patterns.Count < MostPatterns ? pattern : _rest;
            if (_known.Add(added.Text))
                Patterns.Add(added);
        }

        // The path that a word names, as far as it is known: what is before a glob names the folder. Null when it is not known, or the word is an option.
        private string? PathOf(ShellWord word, bool isMove)
        {
            var read = new StringBuilder();
            foreach (var piece in word.Pieces)
            {
                if (piece.Kind == PieceKind.Glob)
                    return read.ToString() is var folder && folder.LastIndexOf('/') is >= 0 and var slash && !folder.Contains(".*", StringComparison.Ordinal) ? folder[..(slash + 1)] : ".";
                if (Known(piece) is not { } text)
                    return null;
                read.Append(text);
            }

            var path = read.ToString();
            if (path.StartsWith("if=", StringComparison.Ordinal) || path.StartsWith("of=", StringComparison.Ordinal))
                return path[3..];
            if (!path.StartsWith('-'))
                return path;
            if (isMove)
                return null;

            // --target=DIR, -tDIR
            var equals = path.IndexOf('=', StringComparison.Ordinal);
            var value = path.StartsWith("--", StringComparison.Ordinal) ? equals < 0 ? "" : path[(equals + 1)..] : path.Length > 2 ? path[2..] : "";
            return value.StartsWith('/') || value.StartsWith("..", StringComparison.Ordinal) ? value : "";
        }

        private string? Known(ShellPiece piece) => piece.Kind switch
        {
            PieceKind.Text => piece.Text,
            PieceKind.Tilde when piece.Text.Length == 0 && !setsHome => location.Paths.Home,
            PieceKind.Variable when piece.Text == "HOME" && !setsHome => location.Paths.Home,
            PieceKind.Tilde when piece.Text == "+" => location.Directory,
            PieceKind.Tilde when piece.Text is not ("" or "-") => "/~" + piece.Text, // The home of another: outside, wherever it is.
            _ => null,
        };
    }
}
