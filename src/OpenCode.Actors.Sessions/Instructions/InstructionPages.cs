using System.Collections.Concurrent;

namespace OpenCode.Actors.Sessions.Instructions;

/// <summary>The instructions on the web, cached for a while. Failures are cached too, so that not every turn waits for a server that does not answer.</summary>
internal sealed class InstructionPages(IInstructionFetcher pages, TimeProvider time)
{
    private const int MostKept = 256;

    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _keep = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, (Instruction Instruction, long At)> _kept = new(StringComparer.Ordinal);

    /// <summary>Gets the text of a URL. Never fails: where the fetch does, the text says so.</summary>
    public async Task<Instruction> GetAsync(string url, CancellationToken cancellationToken)
    {
        if (_kept.TryGetValue(url, out var kept) && time.GetElapsedTime(kept.At) < _keep)
            return kept.Instruction;

        var instruction = await FetchAsync(url, cancellationToken);
        if (_kept.Count >= MostKept)
            _kept.Clear();
        _kept[url] = (instruction, time.GetTimestamp());
        return instruction;
    }

    private async Task<Instruction> FetchAsync(string url, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address))
            return new Instruction(url, null, "The configuration names this under 'instructions', but it is no URL.");

        using var deadline = new CancellationTokenSource(_limit, time);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return Instruction.Of(url, await pages.GetAsync(address, Instruction.MostCharacters + 1, given.Token));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            var reason = e is OperationCanceledException ? $"There was no answer within {_limit.TotalSeconds:0} s." : e.Message;
            return new Instruction(url, null, $"It could not be fetched: {reason}");
        }
    }
}
