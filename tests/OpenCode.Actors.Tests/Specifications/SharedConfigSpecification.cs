using System.Text;
using OpenCode.Actors.Journal.Nodes;

namespace OpenCode.Actors.Tests.Specifications;

/// <summary>What every store of the cluster's config keeps (rule "One configuration for all nodes").</summary>
public abstract class SharedConfigSpecification
{
    [SkippableFact]
    public async Task A_cluster_begins_with_an_empty_config_of_version_0()
    {
        var config = await OpenAsync();

        var stored = await config.ReadAsync(default);

        Assert.Equal((0, "{}"), (stored.Version, Encoding.UTF8.GetString(stored.Json.Span)));
    }

    [SkippableFact]
    public async Task A_change_is_read_by_all_and_has_a_version_above_all_before()
    {
        var (config, other) = (await OpenAsync(), await OpenAsync());

        var first = await config.TryReplaceAsync(0, Json("{\"a\": 1}"), default);
        var second = await other.TryReplaceAsync(first!.Value, Json("{\"ä\": 2}"), default);

        Assert.True(0 < first && first < second);
        var stored = await config.ReadAsync(default);
        Assert.Equal((second!.Value, "{\"ä\": 2}"), (stored.Version, Encoding.UTF8.GetString(stored.Json.Span)));
    }

    [SkippableFact]
    public async Task A_change_to_a_config_that_is_no_longer_the_present_one_is_not_made()
    {
        var config = await OpenAsync();
        var version = await config.TryReplaceAsync(0, Json("{\"a\": 1}"), default);

        Assert.Null(await config.TryReplaceAsync(0, Json("{\"b\": 1}"), default));
        Assert.Null(await config.TryReplaceAsync(version!.Value + 1, Json("{\"b\": 1}"), default));

        Assert.Equal("{\"a\": 1}", Encoding.UTF8.GetString((await config.ReadAsync(default)).Json.Span));
    }

    [SkippableFact]
    public async Task Of_changes_at_once_none_is_lost()
    {
        var configs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => OpenAsync()));

        await Task.WhenAll(configs.Select(async config =>
        {
            while (true)
            {
                var stored = await config.ReadAsync(default);
                if (await config.TryReplaceAsync(stored.Version, Json(Encoding.UTF8.GetString(stored.Json.Span) + "x"), default) is not null)
                    return;
            }
        }));

        Assert.Equal("{}xxxx", Encoding.UTF8.GetString((await configs[0].ReadAsync(default)).Json.Span));
    }

    protected abstract Task<ISharedConfig> OpenAsync();

    private static byte[] Json(string text) => Encoding.UTF8.GetBytes(text);
}
