using System.Runtime.InteropServices;

namespace OpenCode.Actors.Journal.State;

/// <summary>A change in a frame that has been encoded or read, but not taken into the index.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Owner">Its owner.</param>
/// <param name="Key">Its key.</param>
/// <param name="EntriesBefore">How many entries of the frame belong to it and to what stands before it.</param>
/// <param name="Position">Where in the frame the row begins, with its checksum.</param>
/// <param name="Size">Its length in bytes; -1 if it is deleted.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PendingChange(string Kind, string Owner, string Key, int EntriesBefore, int Position, int Size);
