using static OpenCode.Actors.EndToEnd.Harness.PostgresServer;

namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>A standby that follows a server by streaming.</summary>
internal static class PostgresStandby
{
    /// <summary>Makes and starts a standby of a server. From then on no commit is answered before the standby has it.</summary>
    public static async Task<PostgresServer> StartStandbyAsync(this PostgresServer primary)
    {
        var standby = await MakeFolderAsync(new PostgresDisks([]), []);
        try
        {
            await RunAsync(
                [.. AsUser, Program("pg_basebackup"), "-h", "127.0.0.1", "-p", $"{primary.Port}", "-U", "postgres", "-D", standby.Data, "--write-recovery-conf", "--checkpoint=fast", "--no-sync"],
                ("PGPASSWORD", AdminPassword));
            await standby.StartAgainAsync();
            await primary.ExecuteAsync("ALTER SYSTEM SET synchronous_standby_names = '*'");
            await primary.ExecuteAsync("SELECT pg_reload_conf()");
            await Eventually.TrueAsync(
                async () => await primary.ExecuteAsync("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") is 1L, "the standby to follow", TimeSpan.FromSeconds(60));
        }
        catch
        {
            await standby.DisposeAsync();
            throw;
        }

        return standby;
    }

    /// <summary>Makes a primary of a standby.</summary>
    public static Task PromoteAsync(this PostgresServer standby) => standby.ExecuteAsync("SELECT pg_promote()");
}
