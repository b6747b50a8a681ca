using System.Collections.Immutable;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Permissions;

namespace OpenCode.Actors.Sessions.Permissions;

/// <summary>The rules that users allowed with <c>always</c>, by location. One immutable snapshot: the index replaces it, sessions read it when they decide.</summary>
/// <remarks>A session also knows its own rules, from the moment of the answer; here are those of all sessions of its location.</remarks>
/// <param name="timeline">The generations of the journal as they are now.</param>
internal sealed class LearnedRules(Func<Timeline> timeline)
{
    private readonly TaskCompletionSource _filled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ImmutableDictionary<string, ImmutableList<LearnedRule>> _byLocation = ImmutableDictionary.Create<string, ImmutableList<LearnedRule>>(StringComparer.Ordinal);

    /// <summary>Gets a value indicating whether the rules of before the start have been read. A decision before that would ask for what is allowed.</summary>
    public bool IsFilled => _filled.Task.IsCompleted;

    /// <summary>Gets a task that ends when <see cref="IsFilled"/> is true.</summary>
    public Task WhenFilled => _filled.Task;

    /// <summary>Returns the rules of a location that hold now.</summary>
    public IReadOnlyList<PermissionRule> Of(string directory) =>
        [.. Volatile.Read(ref _byLocation).GetValueOrDefault(directory, []).Where(learned => learned.HoldsIn(timeline())).Select(static learned => learned.Rule).Distinct()];

    /// <summary>Replaces all rules. Only the index does this.</summary>
    /// <param name="rules">Each with its location.</param>
    public void Fill(IEnumerable<(string Directory, LearnedRule Rule)> rules)
    {
        Volatile.Write(ref _byLocation, rules.Where(learned => learned.Rule.HoldsIn(timeline())).GroupBy(static learned => learned.Directory, StringComparer.Ordinal).ToImmutableDictionary(
            static location => location.Key, static location => location.Select(static learned => learned.Rule).Distinct().ToImmutableList(), StringComparer.Ordinal));
        _filled.TrySetResult();
    }

    /// <summary>Adds rules to a location. Only the index does this.</summary>
    public void Add(string directory, IEnumerable<LearnedRule> rules)
    {
        var known = Volatile.Read(ref _byLocation);
        var ofLocation = known.GetValueOrDefault(directory, []);
        Volatile.Write(ref _byLocation, known.SetItem(directory, [.. ofLocation.Union(rules).Where(learned => learned.HoldsIn(timeline()))]));
    }
}
