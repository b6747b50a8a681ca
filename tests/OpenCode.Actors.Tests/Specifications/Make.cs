using System.Text;
using OpenCode.Actors.Journal;

namespace OpenCode.Actors.Tests.Specifications;

/// <summary>Entries and changes for tests of journals.</summary>
internal static class Make
{
    public static readonly Func<EntryDraft, EntryDraft, bool> SameDraft = Same;

    public static JournalBatch Batch(params EntryDraft[] entries) => new(entries, []);

    public static EntryDraft Entry(string type, int propertiesBytes = 40, bool durable = true) =>
        new("evt_" + type, type, null, null, null, -1, durable, Json(propertiesBytes));

    public static ReadOnlyMemory<byte> Json(int bytes)
    {
        var json = new byte[bytes];
        json.AsSpan().Fill((byte)'x');
        json[0] = json[^1] = (byte)'"';
        return json;
    }

    public static StateChange Put(string kind, string owner, string key, string json) => new(kind, owner, key, Encoding.UTF8.GetBytes(json));

    public static StateChange Delete(string kind, string owner, string key) => new(kind, owner, key, null);

    public static EntryDraft Draft(LogEntry e) => new(e.EventId, e.Type, e.Location, e.Project, e.SessionId, e.Sequence, e.Durable, e.Properties);

    private static bool Same(EntryDraft a, EntryDraft b) => a with { Properties = default } == b with { Properties = default } && a.Properties.Span.SequenceEqual(b.Properties.Span);
}
