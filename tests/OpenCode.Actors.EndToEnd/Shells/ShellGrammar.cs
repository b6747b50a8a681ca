namespace OpenCode.Actors.EndToEnd.Shells;

/// <summary>Makes shell lines of every form that bash has, around the commands <c>bad</c> and <c>good</c>; some are then garbled.</summary>
internal sealed class ShellGrammar(Random random)
{
    private const string Garble = "'\"\\`$(){}[]<>|&;\n \t#!*?=~a0_-:@,";

    private static readonly string[] _bad =
    [
        "bad", "bad", "b\\ad", "'bad'", "ba\"d\"", "b''ad", "$'bad'", "$'\\x62ad'", "$N", "${N}", "`echo bad`", "$(echo bad)", "b{a,}d", "{bad,x}", "../bin/bad", "../bin/ba?", "$E bad", "ba$E\"d\"",
        "\"bad\"", "b\\\nad", "$'ba\\144'", "$\"bad\"",
    ];

    private static readonly string[] _good = ["good", "good", "good", "echo", "echo", "true", "\\good", "\"good\"", "../bin/good", ":"];

    private int _badIn;

    public string Line()
    {
        _badIn = random.Next(3) == 0 ? 2 : 20; // Few, so that one that is hidden well is not given away by another.
        var line = List(3);
        for (var changes = random.Next(4) == 0 ? random.Next(1, 4) : 0; changes > 0 && line.Length > 0; changes--)
        {
            var at = random.Next(line.Length);
            line = random.Next(3) switch
            {
                0 => line.Remove(at, 1),
                1 => line.Insert(at, Garble[random.Next(Garble.Length)].ToString()),
                _ => line[..at] + line[random.Next(line.Length)] + line[(at + 1)..],
            };
        }

        return line;
    }

    private string List(int depth)
    {
        var list = Pipeline(depth);
        while (random.Next(3) == 0)
            list += Pick("; ", " && ", " || ", "\n", " & ", ";", "&&", " |\n", "; # it's\n", " # it's\n", " # \"bad `\n", " &&\\\n ", "\n\n") + Pipeline(depth);
        return list;
    }

    private string Pipeline(int depth) => Pick("", "", "", "", "! ", "time ", "time -p ", " ") + Command(depth) + (random.Next(5) == 0 ? Pick(" | ", " |& ", "|") + Command(depth) : "");

    private string Command(int depth) => depth <= 0 || random.Next(3) == 0 ? Simple(depth) : random.Next(25) switch
    {
        0 => $"( {List(depth - 1)} )",
        1 => $"({List(depth - 1)})",
        2 => $"{{ {List(depth - 1)}; }}",
        3 => $"if {List(depth - 1)}; then {List(depth - 1)}; else {List(depth - 1)}; fi",
        4 => $"for i in {Word(depth - 1)} b; do {List(depth - 1)}; done",
        5 => $"for ((i = 0; i < 1; i++)); do {List(depth - 1)}; done",
        6 => $"while {List(depth - 1)}; do {List(depth - 1)}; break; done",
        7 => $"case {Word(depth - 1)} in {Word(0)}) {List(depth - 1)};; (x|*) {List(depth - 1)} {Pick(";;", ";&", ";;&", "\n")} esac",
        8 => $"f() {{ {List(depth - 1)}; }}; f",
        9 => $"function g {{ {List(depth - 1)}; }}; g {Word(0)}",
        10 => $"[[ -n {Word(depth - 1)} && {Word(depth - 1)} == a* ]] && {Command(depth - 1)}",
        11 => $"(( {Pick("1", "i + 1", "0")} )) || {Command(depth - 1)}",
        12 => $"cat <<{Pick("E", "-E", "'E'", "\"E\"", "\\E")}\n{Pick("text", "\t")}{Expansion(depth - 1)}\n'\nE\n{Command(depth - 1)}",
        13 => $"bash -c '{List(depth - 1).Replace("'", "'\\''", StringComparison.Ordinal)}'",
        14 => $"eval '{List(depth - 1).Replace("'", "'\\''", StringComparison.Ordinal)}'",
        15 => $"bash -c {Double(List(depth - 1))}",
        16 => $"{Pick("env", "env A=1", "nohup", "nice", "nice -n 2", "timeout 5", "timeout -k 1 5", "stdbuf -oL", "setsid -w", "command", "exec", "env -u A", "setsid --wait env", "setarch -R", "linux64", "prlimit --nofile=99", "setpriv --nnp", "chrt -o 0")} {Simple(0)}",
        17 => $"echo x | xargs {Pick("", "-n 1 ", "-I X ", "-r ")}{Simple(0)}",
        18 => $"find . -maxdepth 0 {Pick("-exec", "-execdir")} {Pick("bad", "good", "b\\ad", "./../bin/bad")} {{}} {Pick("\\;", "';'", "+")}",
        19 => $"coproc {{ {List(depth - 1)}; }}; wait",
        20 => $"trap '{Simple(0).Replace("'", "", StringComparison.Ordinal)}' EXIT",
        21 => $"git {Pick("", "-C . ", "--no-pager ")}-c alias.x='!{Simple(0).Replace("'", "", StringComparison.Ordinal)}' {Pick("x", "status")}",
        22 => Script(Pick("good", "bad")),
        23 => $"{Command(depth - 1)} # {Pick("it's", "\"", "`", "$(", "bad", "{", "\\")}\n{Command(depth - 1)}",
        _ => $"{Command(depth - 1)} {Pick("> out", "2>&1", "< /dev/null", ">> out", "&> out", "{fd}> out", "3>&1", "<<< " + Word(depth - 1), "< <(" + List(depth - 1) + ")")}",
    };

    // Commands in the scripts and options of other programs.
    private string Script(string name) => Pick(
        $"sed '1e {name}' ../bin/good", $"sed -n 's/.*/{name}/e' ../bin/good", $"awk 'BEGIN{{system(\"{name}\")}}'", $"tar cf /dev/null --checkpoint=1 --checkpoint-action=exec={name} .", $"echo x | split --filter={name}",
        $"perl -e 'system \"{name}\"'", $"script -qc {name} /dev/null", $"env -S '{name} x'", $"git -c core.pager={name} --paginate version", $"awk '{{ print \"{name}\" }}' ../bin/good", $"sed 's/x/{name}/g' ../bin/good");

    private string Simple(int depth)
    {
        var text = Pick("", "", "", "A=1 ", "A=1 B='x y' ", "> out ", "A+=(1 2); ", "a[1]=2 ", "2>&1 ") + Name();
        for (var words = random.Next(3); words > 0; words--)
            text += Pick(" ", " ", "  ", "\t", " \\\n ") + Word(depth);
        return text;
    }

    private string Name() => Pick(random.Next(_badIn) == 0 ? _bad : _good);

    private string Word(int depth) => random.Next(14) switch
    {
        0 => $"'{Pick("a b", "$(bad)", "`bad`", "bad", "#", "\"")}'",
        1 => Double(Pick("a b", "'", "#", "bad; bad", "\\$(bad)")),
        2 when depth > 0 => Expansion(depth),
        3 when depth > 0 => $"\"{Expansion(depth)}\"",
        4 when depth > 0 => $"a{Expansion(depth)}b",
        5 when depth > 0 => $"<({List(depth - 1)})",
        6 => Pick("*.c", "a?", "[ab]", "{a,b}", "{1..3}", "~", "$N", "${N}", "\"$N\"", "$#", "a#b", "--x=y", "a=b", "=", "\\;", "\\#", "!x", "$'it\\'s'", "$$", "bad", "${N#a}", "${#N}", "${N:1:2}"),
        _ => Pick("a", "b", "x", "-n", "--", "1"),
    };

    private string Expansion(int depth) => random.Next(8) switch
    {
        0 => $"$({List(depth - 1)})",
        1 => $"$( {List(depth - 1)} )",
        2 => $"`{List(depth - 1).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("`", "\\`", StringComparison.Ordinal)}`",
        3 => $"${{X:-$({List(depth - 1)})}}",
        4 => $"$(( 1 + $({List(depth - 1)}) ))",
        5 => $"$(cat <<E\n{Pick("x", "$(bad)", "`bad`", "E x", "")}\nE\n)",
        6 => $"$((({List(depth - 1)})))",
        _ => $"${{X-{Word(depth - 1)}}}",
    };

    private static string Double(string text) => "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("`", "\\`", StringComparison.Ordinal).Replace("$", "\\$", StringComparison.Ordinal) + "\"";

    private string Pick(params string[] choices) => choices[random.Next(choices.Length)];
}
