namespace OpenCode.Actors.Sessions.Runs;

/// <summary>Names one run, so that reports of a closed run are recognized. Random: a restarted session must not give an old run's number again.</summary>
internal readonly record struct RunId(ulong Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Value:x16}";
}
