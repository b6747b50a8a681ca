using System.Collections.Frozen;

namespace OpenCode.Actors.Sessions.Shell;

/// <summary>Code in a line, for programs that are no shells: <c>perl -e</c>, <c>python -c</c>. It is not parsed; code that seems to run another program makes a permission request.</summary>
internal static class InlineCode
{
    private static readonly char[] _version = [.. "0123456789."];

    private static readonly FrozenDictionary<string, (string Letters, string[] Marks)> _all = new Dictionary<string, (string Letters, string[] Marks)>(StringComparer.Ordinal)
    {
        ["python"] = ("c", ["system", "popen", "subprocess", "exec", "spawn", "fork", "pty", "eval", "compile", "getattr", "import_", "importlib", "builtins", "ctypes", "vars(", "globals"]),
        ["perl"] = ("eE", ["system", "exec", "`", "qx", "open", "fork", "pipe", "eval", "syscall", "require", "do{", "do "]),
        ["ruby"] = ("e", ["system", "exec", "`", "%x", "spawn", "open", "fork", "eval", "send", "syscall", "method"]),
        ["node"] = ("ep", ["child_process", "exec", "spawn", "fork", "binding", "eval", "function(", "import("]),
        ["bun"] = ("ep", ["child_process", "exec", "spawn", "$`", "shell", "eval", "import("]),
        ["php"] = ("rBRE", ["system", "exec", "passthru", "popen", "`", "proc_open", "eval", "mail", "call_user"]),
        ["lua"] = ("e", ["execute", "popen", "load", "require", "os["]),
        ["Rscript"] = ("e", ["system", "shell", "pipe", "eval", "get("]),
        ["julia"] = ("eE", ["run", "`", "open", "read", "eval", "ccall"]),
        ["osascript"] = ("e", ["shell", "script"]),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Finds out whether code of a command may run something; null when there is none.</summary>
    public static Inner? InnerOf(string program, List<ShellWord> arguments)
    {
        var name = program.TrimEnd(_version) switch { "nodejs" => "node", "luajit" => "lua", "pypy" => "python", var same => same };
        if (!_all.TryGetValue(name, out var code))
            return null;
        var at = arguments.FindIndex(word => word.Value is "--eval" or "--print" || (word.Start is ['-', not '-', ..] option && option.AsSpan().IndexOfAny(code.Letters) >= 0));
        if (at < 0)
            return null;

        // The code is the rest of the option or the next word; there may be more of it behind.
        var isKnown = arguments[at].Value is not null && (at + 1 >= arguments.Count || arguments[at + 1].Value is not null);
        return isKnown && !arguments.Skip(at).Any(word => Array.Exists(code.Marks, mark => word.Start.Contains(mark, StringComparison.OrdinalIgnoreCase))) ? Inner.None : Inner.Unknown;
    }
}
