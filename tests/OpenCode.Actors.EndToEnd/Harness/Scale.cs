using System.Globalization;

namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>How much a run proves: the reduced counts of <c>tests/run.sh</c>, or the full ones of <c>tests/measure.sh</c>.</summary>
internal static class Scale
{
    /// <summary>Gets a value indicating whether the full counts of the issue are asked for (<c>OPENCODE_ACTORS_SCALE=full</c>).</summary>
    public static bool IsFull { get; } = Environment.GetEnvironmentVariable("OPENCODE_ACTORS_SCALE") == "full";

    /// <summary>Gets a value indicating whether a test that cannot run here is a failure (<c>OPENCODE_ACTORS_NOTHING_LEFT_OUT=1</c>, set by <c>tests/run.sh</c>).</summary>
    public static bool NothingLeftOut { get; } = Environment.GetEnvironmentVariable("OPENCODE_ACTORS_NOTHING_LEFT_OUT") == "1";

    /// <summary>Returns the bound of a time that is promised: what is asked for at full scale, where nothing else runs; else so much that a slow and busy machine does not miss it, where only a hang may fail.</summary>
    public static TimeSpan Bound(double seconds) => TimeSpan.FromSeconds(IsFull ? seconds : Math.Max(60, 10 * seconds));

    /// <summary>The trait of the tests whose time is a promise that <c>tests/run.sh</c> does not hold them to; <c>tests/measure.sh times</c> does.</summary>
    public const string Promises = "Promises";

    public const string Time = "time";

    public static int Of(int reduced, int full) => IsFull ? full : reduced;

    /// <summary>Returns all cases at full scale, and only the first ones beside other tests.</summary>
    public static IEnumerable<T> FirstOf<T>(int reduced, params T[] all) => IsFull ? all : all.Take(reduced);

    /// <summary>Chooses the seed of a randomised test: <c>OPENCODE_ACTORS_SEED</c>, else a new one. The test prints it, so that a failure can be run again.</summary>
    public static int Seed() =>
        int.TryParse(Environment.GetEnvironmentVariable("OPENCODE_ACTORS_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : Random.Shared.Next();
}
