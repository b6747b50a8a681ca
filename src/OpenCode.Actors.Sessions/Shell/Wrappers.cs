using System.Collections.Frozen;

namespace OpenCode.Actors.Sessions.Shell;

/// <summary>The programs that run the command behind their own options.</summary>
internal static class Wrappers
{
    // How far behind a program's own options its subcommand is looked for.
    private const int MostOptions = 16;

    private const string Containers = "ditPT --detach --interactive --tty --rm --init --read-only --publish-all --privileged --no-healthcheck --no-deps --quiet";
    private const string ContainerValues = "evpwuhlmc --env --env-file --volume --publish --workdir --user --name --network --net --mount --platform --memory --cpus --gpus --label --hostname --pull --add-host --shm-size --tmpfs";

    private static readonly Wrapper _opaque = new(IsOpaque: true);

    private static readonly FrozenDictionary<string, Wrapper> _all = new Dictionary<string, Wrapper>(StringComparer.Ordinal)
    {
        ["env"] = new("i0v --ignore-environment --null --debug", "uC --unset --chdir", Assigns: true),
        ["command"] = new("p"),
        ["builtin"] = new(),
        ["exec"] = new("cl", "a"),
        ["nohup"] = new(),
        ["nice"] = new("0123456789", "n --adjustment"),
        ["time"] = new("pvaqV --portability --verbose --append", "fo --format --output"),
        ["timeout"] = new("v --foreground --preserve-status --verbose", "ks --kill-after --signal", Operands: 1),
        ["stdbuf"] = new("", "ioe --input --output --error"),
        ["setsid"] = new("cfw --ctty --fork --wait"),
        ["ionice"] = new("t --ignore", "cn --class --classdata"),
        ["chrt"] = new("abdfimorRv", "TPD", Operands: 1),
        ["taskset"] = new("ac --all-tasks --cpu-list", "", Operands: 1),
        ["chroot"] = new("--skip-chdir", "--userspec --groups", Operands: 1, RunsShell: true),
        ["sudo"] = new("AbEHknPSsiN --non-interactive --stdin --background --preserve-env --set-home --login --shell", "ugpCcrtTUDRh --user --group --prompt --chdir --host", Assigns: true),
        ["doas"] = new("nL", "uC", RunsShell: true),
        ["pkexec"] = new("--disable-internal-agent --keep-cwd", "--user", RunsShell: true),
        ["gosu"] = new(Operands: 1),
        ["su-exec"] = new(Operands: 1),
        ["xargs"] = new("0rtxpo --null --no-run-if-empty --verbose --exit --interactive --open-tty", "nPLsdEaI --max-args --max-procs --max-lines --max-chars --delimiter --arg-file --replace", Attached: "iel"),
        ["busybox"] = new(),
        ["toybox"] = new(),
        ["fakeroot"] = new("u", "lsi", RunsShell: true),
        ["unbuffer"] = new("p"),
        ["strace"] = new("cCdfFhiqrtTvVwxyDkzZ", "abeIoOpPsSuX"),
        ["ltrace"] = new("bcCfhiLrStTV", "aADelnopsuwxF"),
        ["valgrind"] = new("qv --quiet --verbose --tool --leak-check --error-exitcode --track-origins --track-fds --show-leak-kinds --log-file --xml --xml-file --suppressions --num-callers --trace-children"),
        ["perf|stat"] = new("adrv --all-cpus --detailed --verbose", "eopCx --event --output --cpu --repeat"),
        ["perf|record"] = new("adgiv --all-cpus", "ecopCF --event --output --cpu --freq --count"),
        ["caffeinate"] = new("disum", "tw"),
        ["sshpass"] = new("ev", "pfdP"),
        ["faketime"] = new("fm", Operands: 1),
        ["rlwrap"] = new("acirn", "bCDfHlPqsS"),
        ["catchsegv"] = new(),
        ["chronic"] = new("ve"),
        ["ifne"] = new("n"),
        ["eatmydata"] = new(),
        ["ccache"] = new(),
        ["distcc"] = new(),
        ["torsocks"] = new(),
        ["proxychains4"] = new("q", "f"),
        ["tini"] = new("gsvw", "ep"),
        ["dumb-init"] = new("cv --single-child --verbose", "r --rewrite"),
        ["dbus-run-session"] = new("", "--config-file --dbus-daemon"),
        ["xvfb-run"] = new("al --auto-servernum --listen-tcp", "efnpsw --error-file --auth-file --server-num --xauth-protocol --server-args --wait"),
        ["cross-env"] = new(Assigns: true),
        ["prlimit"] = new("--noheadings --raw --verbose --core --data --nice --fsize --sigpending --memlock --rss --nofile --msgqueue --rtprio --stack --cpu --nproc --as --locks --rttime", "po --pid --output", Attached: "cdefilmnqrstuvxy"),
        ["setpriv"] = new(
            "d --dump --nnp --no-new-privs --keep-groups --clear-groups --init-groups --reset-env",
            "--ambient-caps --inh-caps --bounding-set --ruid --euid --reuid --rgid --egid --regid --groups --securebits --pdeathsig --selinux-label --apparmor-profile"),
        ["unshare"] = new(
            "munipUCTfr --fork --map-root-user --map-current-user --map-auto --keep-caps --mount-proc --kill-child --mount --uts --ipc --net --pid --user --cgroup --time",
            "RwSGl --root --wd --setuid --setgid --map-user --map-group --map-users --map-groups --propagation --setgroups --monotonic --boottime --load-interp", RunsShell: true),
        ["nsenter"] = new(
            "aFZ --all --no-fork --follow-context --preserve-credentials --mount --uts --ipc --net --pid --user --cgroup --time --root --wd", "tSG --target --setuid --setgid", Attached: "munipUCTrw", RunsShell: true),
        ["ssh-agent"] = new("cDdks", "aEOPt"),
        ["npx"] = new("yq --yes --no --no-install --quiet --ignore-existing --prefer-offline --prefer-online", "pw --package --workspace --registry --cache --prefix"),
        ["pnpx"] = new("", "--package"),
        ["bunx"] = new("--bun --verbose --silent", "p --package"),
        ["bun|x"] = new("--bun --verbose --silent", "p --package"),
        ["uvx"] = new("q", "p --from --with --python"),
        ["uv|tool|run"] = new("q", "p --from --with --python"),
        ["pipx|run"] = new("--no-cache --verbose", "--spec --python"),
        ["npm|exec"] = new("yq --yes --no --quiet", "pw --package --workspace"),
        ["npm|x"] = new("yq --yes --no --quiet", "pw --package --workspace"),
        ["pnpm|exec"] = new("r --recursive --parallel", "C --dir"),
        ["pnpm|dlx"] = new("s --silent", "C --dir --package"),
        ["yarn|exec"] = new(),
        ["yarn|dlx"] = new("q --quiet", "p --package"),
        ["poetry|run"] = new(),
        ["pipenv|run"] = new(),
        ["bundle|exec"] = new("--keep-file-descriptors", "--gemfile"),
        ["pdm|run"] = new(),
        ["rye|run"] = new(),
        ["hatch|run"] = new(),
        ["uv|run"] = new("q --frozen --locked --no-sync --isolated", "p --python --with --extra --group"),
        ["rbenv|exec"] = new(),
        ["pyenv|exec"] = new(),
        ["nodenv|exec"] = new(),
        ["asdf|exec"] = new(),
        ["mise|exec"] = new(),
        ["mise|x"] = new(),
        ["volta|run"] = new("", "--node --npm --yarn --pnpm"),
        ["rustup|run"] = new("--install", Operands: 1),
        ["direnv|exec"] = new(Operands: 1),
        ["opam|exec"] = new(),
        ["ip|netns|exec"] = new(Operands: 1),
        ["cmake|-E|env"] = new("", "--unset --modify", Assigns: true),
        ["cmake|-E|time"] = new(),
        ["docker|run"] = new(Containers, ContainerValues, Operands: 1),
        ["docker|exec"] = new(Containers, ContainerValues, Operands: 1),
        ["docker|container|run"] = new(Containers, ContainerValues, Operands: 1),
        ["docker|container|exec"] = new(Containers, ContainerValues, Operands: 1),
        ["docker|compose|run"] = new(Containers, ContainerValues, Operands: 1),
        ["docker|compose|exec"] = new(Containers, ContainerValues, Operands: 1),
        ["docker-compose|run"] = new(Containers, ContainerValues, Operands: 1),
        ["docker-compose|exec"] = new(Containers, ContainerValues, Operands: 1),
        ["podman|run"] = new(Containers, ContainerValues, Operands: 1),
        ["podman|exec"] = new(Containers, ContainerValues, Operands: 1),
    }.Concat(Architectures()).Concat(Opaque()).ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly ILookup<string, string[]> _subcommands = _all.Keys.Select(static key => key.Split('|')).Where(static parts => parts.Length > 1).OrderByDescending(static parts => parts.Length).ToLookup(static parts => parts[0], StringComparer.Ordinal);

    /// <summary>Finds the wrapper that a command is, if it is one.</summary>
    /// <param name="command">The command.</param>
    /// <param name="head">How many words name the wrapper.</param>
    /// <param name="isSure">Whether nothing is between those words.</param>
    public static Wrapper? Find(ShellCommand command, out int head, out bool isSure)
    {
        var name = command.Name ?? "";
        foreach (var parts in _subcommands[name])
        {
            head = LengthOf(parts, command.Words);
            isSure = head == parts.Length;
            if (head > 0)
                return _all[string.Join('|', parts)];
        }

        (head, isSure) = (1, true);
        return name.StartsWith("ld-", StringComparison.Ordinal) || name.StartsWith("ld.so", StringComparison.Ordinal) ? _opaque : _all.GetValueOrDefault(name); // ld.so is the loader of programs.
    }

    // How many words the parts take up, with options between them, each of which may take the word that follows; 0 when they are not there.
    private static int LengthOf(string[] parts, IReadOnlyList<ShellWord> words)
    {
        var part = 1;
        for (var at = 1; at < words.Count && at <= MostOptions; at++)
        {
            if (words[at].Value == parts[part])
            {
                if (++part == parts.Length)
                    return at + 1;
            }
            else if (words[at].Value is not (null or ['-', ..]) && words[at - 1].Value is not (null or ['-', ..]))
                return 0;
        }

        return 0;
    }

    // setarch runs linux32, linux32 runs the command: each takes the options of both.
    private static IEnumerable<KeyValuePair<string, Wrapper>> Architectures() =>
        "setarch linux32 linux64 i386 i486 i586 i686 x86_64 aarch64 arm armv7l armv8l ppc ppc32 ppc64 ppc64le s390 s390x sparc sparc32 sparc64 mips mips32 mips64 alpha ia64 parisc parisc32 parisc64 riscv32 riscv64 uname26"
            .Split(' ').Select(static name => KeyValuePair.Create(name, new Wrapper(
                "vBFILRSTXZ3 --verbose --32bit --fdpic-funcptrs --short-inode --addr-compat-layout --addr-no-randomize --whole-seconds --sticky-timeouts --read-implies-exec --mmap-page-zero --3gb --4gb --uname-2.6",
                RunsShell: true)));

    // What these run is asked about: their options are too many, or what they run is a text of their own.
    private static IEnumerable<KeyValuePair<string, Wrapper>> Opaque() =>
        ("parallel rush entr hyperfine systemd-run systemd-nspawn machinectl run0 expect gdb lldb rr perf bwrap firejail numactl cgexec cpulimit screen tmux dtach abduco at batch crontab socat xterm gnome-terminal konsole"
            + " vi vim nvim view vimdiff rvim ex ed emacs emacsclient nano pico pee mispipe zrun run-parts start-stop-daemon daemonize daemon nodemon watchexec watchman-make concurrently npm-run-all run-s run-p reflex act"
            + " nix nix-shell nix-env nix-build conda mamba micromamba dotenv env-cmd proot runcon newgrp sg bpftrace coreutils scan-build bear nq tsp git-shell memusage libtool sudoedit dzdo please sudo-rs nu xonsh elvish osh ysh yash posh lksh"
            + " gh|alias gh|extension kubectl|exec kubectl|run kubectl|debug oc|exec oc|run cargo|watch pnpm|-c lerna|exec nx|exec vagrant|ssh nvm|exec nvm|run fnm|exec cmake|-P poetry|shell pipenv|shell uv|tool podman|unshare flatpak|run toolbox|run distrobox|enter lxc|exec incus|exec nerdctl|run nerdctl|exec deno|eval")
            .Split(' ').Select(static name => KeyValuePair.Create(name, _opaque));
}
