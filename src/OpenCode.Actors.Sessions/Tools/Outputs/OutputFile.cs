namespace OpenCode.Actors.Sessions.Tools.Outputs;

/// <summary>A file of the folder of outputs.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Written">When it was last written, UTC.</param>
/// <param name="Bytes">Its size.</param>
internal sealed record OutputFile(string Path, DateTime Written, long Bytes);
