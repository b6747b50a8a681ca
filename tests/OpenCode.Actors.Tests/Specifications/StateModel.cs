using System.Text;
using OpenCode.Actors.Journal;

namespace OpenCode.Actors.Tests.Specifications;

/// <summary>The rows of a few owners, in the order of first write.</summary>
internal sealed class StateModel
{
    public static readonly string[] Owners = ["ses_a", "ses_b", "ses_c"];

    private readonly Dictionary<string, List<(string Row, string Json, long Offset)>> _rows = Owners.ToDictionary(o => o, _ => new List<(string, string, long)>());

    public static async Task<StateModel> LoadAsync(IJournal journal)
    {
        var state = new StateModel();
        foreach (var owner in Owners)
        {
            await foreach (var row in journal.LoadAsync(owner, default))
                state._rows[owner].Add(($"{row.Kind}/{row.Key}", Encoding.UTF8.GetString(row.Json.Span), row.Offset));
        }

        return state;
    }

    public void Apply(IReadOnlyList<StateChange> changes, long head)
    {
        foreach (var change in changes)
        {
            var rows = _rows[change.Owner];
            var name = $"{change.Kind}/{change.Key}";
            var index = rows.FindIndex(r => r.Row == name);
            if (change.Json is not { } json)
                rows.RemoveAll(r => r.Row == name);
            else if (index >= 0)
                rows[index] = (name, Encoding.UTF8.GetString(json.Span), head);
            else
                rows.Add((name, Encoding.UTF8.GetString(json.Span), head));
        }
    }

    public StateModel Copy()
    {
        var copy = new StateModel();
        foreach (var owner in Owners)
            copy._rows[owner].AddRange(_rows[owner]);

        return copy;
    }

    public bool Same(StateModel other) => Owners.All(o => _rows[o].SequenceEqual(other._rows[o]));

    public override string ToString() =>
        string.Join("; ", _rows.Select(r => $"{r.Key}: {string.Join(' ', r.Value.Select(v => $"{v.Row}@{v.Offset}#{v.Json.GetHashCode(StringComparison.Ordinal) & 0xFFF:x}"))}"));
}
