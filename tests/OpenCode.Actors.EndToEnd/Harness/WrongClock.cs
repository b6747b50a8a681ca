namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>A process whose clock is wrong (libfaketime); its monotonic clock goes on as it does on every machine.</summary>
internal static class WrongClock
{
    public static string? Library { get; } = Directory.Exists("/usr/lib")
        ? Directory.EnumerateDirectories("/usr/lib", "*-linux-gnu").Select(folder => Path.Combine(folder, "faketime", "libfaketimeMT.so.1")).FirstOrDefault(File.Exists)
        : null;

    /// <summary>Lists the words that start a program so.</summary>
    /// <param name="off">How the clock is off, as libfaketime has it: <c>+3600s</c>.</param>
    public static IReadOnlyList<string> Off(string off) => ["env", $"LD_PRELOAD={Library}", $"FAKETIME={off}", "FAKETIME_DONT_FAKE_MONOTONIC=1"];
}
