namespace OpenCode.Actors.Server.Locations.Files;

/// <summary>An entry of a folder, as <c>GET /file</c> lists it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Path">Its path in the location; that of a folder ends with a slash.</param>
/// <param name="Absolute">Its whole path.</param>
/// <param name="Type"><c>file</c> or <c>directory</c>.</param>
/// <param name="Ignored">Whether git ignores it.</param>
internal sealed record FileNode(string Name, string Path, string Absolute, string Type, bool Ignored);
