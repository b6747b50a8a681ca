using System.Text.Json;
using OpenCode.Actors.Journal.Disks;

namespace OpenCode.Actors.Journal.Files;

/// <summary>The file <c>timeline.json</c>: which log this is, and every start of it.</summary>
/// <param name="Timeline">The log and its generations.</param>
/// <param name="SyncedPlace">How many bytes of log were synced when the last generation began: they have to be there.</param>
internal sealed record TimelineFile(Timeline Timeline, long SyncedPlace)
{
    public const string Name = "timeline.json";

    // 2: numbers of generations have 64 bits.
    private const int FormatVersion = 2;
    private const int IdLength = 8;

    // An older generation answers as one whose tail is all lost: a gap, not a wrong resume.
    private const int KeptGenerations = 1000;
    private const string Temporary = Name + ".tmp";
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>Makes the first timeline of a log.</summary>
    public static TimelineFile Create(Func<ulong> entropy)
    {
        var number = entropy();
        var id = string.Create(IdLength, number, static (text, left) =>
        {
            for (var i = 0; i < text.Length; i++)
            {
                text[i] = Digits[(int)(left % (ulong)Digits.Length)];
                left /= (ulong)Digits.Length;
            }
        });
        return new(new(id, []), 0);
    }

    /// <summary>Adds the generation that begins now.</summary>
    public TimelineFile Next(long head, long syncedPlace, DateTimeOffset now)
    {
        var number = Timeline.Generations.Count == 0 ? 1 : Generation.NextNumber(Timeline.Current, now);
        return new(Timeline with { Generations = [.. Timeline.Generations.TakeLast(KeptGenerations - 1), new Generation(number, head)] }, syncedPlace);
    }

    /// <summary>Reads the file.</summary>
    /// <returns>Null if there is none.</returns>
    /// <exception cref="JournalCorruptException">It cannot be read.</exception>
    public static async ValueTask<TimelineFile?> ReadAsync(IDisk disk, CancellationToken cancellationToken)
    {
        if (!disk.List("").Contains(Name, StringComparer.Ordinal))
            return null;

        using var file = disk.Open(Name, DiskFileMode.Read);
        var bytes = new byte[file.Length];
        await file.ReadAsync(0, bytes, cancellationToken).ConfigureAwait(false);
        try
        {
            using var json = JsonDocument.Parse(bytes);
            return Parse(json.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new JournalCorruptException(Name, 0, $"it cannot be read ({e.Message})", "Restore it from a backup of the data folder.");
        }
    }

    /// <summary>Writes the file, whole or not at all.</summary>
    public async ValueTask WriteAsync(IDisk disk)
    {
        var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
            Write(writer);

        using (var file = disk.Open(Temporary, DiskFileMode.Create))
        {
            await file.WriteAsync(0, bytes.ToArray()).ConfigureAwait(false);
            await file.SyncAsync().ConfigureAwait(false);
        }

        disk.Rename(Temporary, Name);
        await disk.SyncFolderAsync("").ConfigureAwait(false);
    }

    private static TimelineFile Parse(JsonElement root)
    {
        var version = root.GetProperty("version").GetInt32();
        if (version > FormatVersion)
            throw new JournalVersionException(Name, version, FormatVersion);

        var generations = new List<Generation>();
        foreach (var generation in root.GetProperty("generations").EnumerateArray())
            generations.Add(new(generation.GetProperty("number").GetInt64(), generation.GetProperty("head").GetInt64()));

        var id = root.GetProperty("id").GetString();
        if (id is not { Length: IdLength } || generations.Count == 0)
            throw new FormatException("id or generations are missing");

        return new(new(id, generations), root.GetProperty("synced").GetInt64());
    }

    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("version", FormatVersion);
        writer.WriteString("id", Timeline.Id);
        writer.WriteNumber("synced", SyncedPlace);
        writer.WriteStartArray("generations");
        foreach (var generation in Timeline.Generations)
        {
            writer.WriteStartObject();
            writer.WriteNumber("number", generation.Number);
            writer.WriteNumber("head", generation.HeadBefore);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
