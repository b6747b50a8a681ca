namespace OpenCode.Actors.Journal.Bodies;

/// <summary>What a record in a body is.</summary>
internal enum RecordTag : byte
{
    None = 0,
    Entry = 1,
}

/// <summary>Which fields an entry has.</summary>
[Flags]
internal enum EntryFlags : byte
{
    None = 0,
    Durable = 1,
    Location = 2,
    Project = 4,
    Session = 8,
    Sequence = 16,
}
