namespace OpenCode.Actors.Tests.Protocol.Ids;

/// <summary>A clock that is where it is put.</summary>
internal sealed class FixedClock(long milliseconds) : TimeProvider
{
    public long Milliseconds { get; set; } = milliseconds;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Milliseconds);
}
