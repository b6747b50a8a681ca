namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>Outside parts a test may need. Without them the test is left out by name, or fails where nothing may be left out.</summary>
internal static class Needs
{
    public static void Node() => Require(Repository.Clients.ContainsModules && Programs.Find("node") is not null, "Node.js and `npm ci` in tests/clients");

    public static void Tmux()
    {
        Node();
        Require(Programs.Find("tmux") is not null, "tmux");
    }

    public static void Chromium()
    {
        Node();
        Require(Programs.Chromium is not null, "chromium");
    }

    public static void Nginx() => Require(Programs.Find("nginx") is not null, "nginx");

    public static void Sqlite3() => Require(Programs.Find("sqlite3") is not null, "sqlite3");

    public static void Gcc() => Require(Programs.Find("gcc") is not null, "gcc");

    public static void Postgres() => Require(PostgresServer.IsInstalled, "PostgreSQL");

    public static void WrongClock() => Require(Harness.WrongClock.Library is not null, "libfaketime");

    public static void PgBouncer()
    {
        Postgres();
        Require(Programs.Find("pgbouncer") is not null, "pgbouncer");
    }

    public static void Root() => Require(Environment.UserName == "root", "root, to mount a file system");

    private static void Require(bool present, string what)
    {
        if (present)
            return;

        Assert.False(Scale.NothingLeftOut, $"This run may leave nothing out, but {what} is missing. tests/run.sh installs it.");
        Skip.If(true, $"Left out: needs {what}. tests/run.sh installs it.");
    }
}
