using System.Text.Json;

namespace OpenCode.Actors.Server.Answers;

/// <summary>Body of <c>POST /log</c>.</summary>
/// <param name="Service">What the line is about.</param>
/// <param name="Level"><c>debug</c>, <c>info</c>, <c>warn</c> or <c>error</c>.</param>
/// <param name="Message">The line.</param>
/// <param name="Extra">More, which is not kept.</param>
internal sealed record ClientLine(string Service, string Level, string Message, JsonElement? Extra = null);
