namespace OpenCode.Actors.Sessions.Commands;

/// <summary>Names what one prompt or shell command set going; its value is the id of that user message, so a repeated prompt finds its turn again.</summary>
/// <param name="Value">A message id.</param>
internal readonly record struct TurnId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}
