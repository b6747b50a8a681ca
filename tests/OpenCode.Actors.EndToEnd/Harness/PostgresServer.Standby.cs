namespace OpenCode.Actors.EndToEnd.Harness;

/// <content>A standby that follows a server by streaming.</content>
internal sealed partial class PostgresServer
{
    /// <summary>Makes and starts a standby of this server. From then on no commit is answered before the standby has it.</summary>
    public async Task<PostgresServer> StartStandbyAsync()
    {
        var standby = await MakeFolderAsync(new PostgresDisks([]), []);
        try
        {
            await RunAsync(
                [.. AsUser, Program("pg_basebackup"), "-h", "127.0.0.1", "-p", $"{Port}", "-U", "postgres", "-D", standby.Data, "--write-recovery-conf", "--checkpoint=fast", "--no-sync"],
                ("PGPASSWORD", AdminPassword));
            await standby.StartAgainAsync();
            await ExecuteAsync("ALTER SYSTEM SET synchronous_standby_names = '*'");
            await ExecuteAsync("SELECT pg_reload_conf()");
            await Eventually.TrueAsync(
                async () => await ExecuteAsync("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") is 1L, "the standby to follow", TimeSpan.FromSeconds(60));
        }
        catch
        {
            await standby.DisposeAsync();
            throw;
        }

        return standby;
    }

    /// <summary>Makes a primary of a standby.</summary>
    public Task PromoteAsync() => ExecuteAsync("SELECT pg_promote()");
}
