using System.Reflection;
using Akka.Util;

namespace OpenCode.Actors.Tests.TestKit;

/// <summary>The randomness of Akka itself: uids of actors, jitter of back-off, random routers.</summary>
internal static class AkkaRandom
{
    private static readonly ThreadLocal<Random> _random = (ThreadLocal<Random>)(typeof(ThreadLocalRandom).GetField("_rng", BindingFlags.NonPublic | BindingFlags.Static)?.GetValue(null)
        ?? throw new MissingFieldException("ThreadLocalRandom._rng: this version of Akka keeps its randomness elsewhere."));

    /// <summary>Makes Akka draw from this one on the current thread.</summary>
    public static void Use(Random random) => _random.Value = random;
}
