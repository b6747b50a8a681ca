namespace OpenCode.Actors.EndToEnd.Sequences;

/// <summary>One thing that happened on one thread of a session, such as <c>assistant1/text1: end</c>.</summary>
/// <param name="Thread">A message, a part of it, <c>status</c> (busy, idle, errors), <c>session</c> or <c>other</c> (to-do list, compaction, commands).</param>
/// <param name="What">What happened there.</param>
internal sealed record Step(string Thread, string What)
{
    public const string Status = "status";
    public const string Other = "other";

    /// <summary>Gets the message a step belongs to, or its thread itself.</summary>
    public string Message => Thread.Split('/')[0];

    /// <summary>Gets a value indicating whether a repetition says nothing new: deltas, busy again.</summary>
    public bool MayRepeat => What is "delta" or "busy" or "updated";

    public static Step Parse(string line)
    {
        var parts = line.Split(": ", 2);
        return parts.Length == 2 ? new Step(parts[0], parts[1]) : throw new InvalidDataException($"Not a step: '{line}'.");
    }

    public override string ToString() => $"{Thread}: {What}";
}
