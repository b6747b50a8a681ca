using System.Text.Json;
using System.Text.Json.Serialization;
using OpenCode.Actors.Protocol.Converters;

namespace OpenCode.Actors.Protocol.Parts;

/// <summary>How far a tool call is, distinguished by <c>status</c>: pending, running, then completed or error.</summary>
/// <param name="Input">The arguments of the model: an object.</param>
[JsonConverter(typeof(ToolStateConverter))]
public abstract record ToolState(JsonElement Input)
{
    /// <summary>Gets the tag on the wire.</summary>
    public abstract string Status { get; }
}

/// <summary>The model is still writing the call.</summary>
/// <param name="Input">Empty so far: an object.</param>
/// <param name="Raw">The arguments as far as they came.</param>
public sealed record ToolPending(JsonElement Input, string Raw) : ToolState(Input)
{
    /// <inheritdoc/>
    public override string Status => "pending";
}

/// <summary>The tool runs, or waits for a permission or an answer.</summary>
/// <param name="Input">The arguments of the model: an object.</param>
/// <param name="Time">When it began.</param>
public sealed record ToolRunning(JsonElement Input, PartTime Time) : ToolState(Input)
{
    /// <inheritdoc/>
    public override string Status => "running";

    /// <summary>Gets a short line about the call.</summary>
    public string? Title { get; init; }

    /// <summary>Gets what the tool shows meanwhile, such as the output so far: an object.</summary>
    public JsonElement? Metadata { get; init; }
}

/// <summary>The tool ended; a command that failed has ended too.</summary>
/// <param name="Input">The arguments of the model: an object.</param>
/// <param name="Output">The output for the model.</param>
/// <param name="Title">A short line about the call.</param>
/// <param name="Metadata">What the tool shows to people: an object.</param>
/// <param name="Time">When it began and ended.</param>
public sealed record ToolCompleted(JsonElement Input, string Output, string Title, JsonElement Metadata, PartTime Time) : ToolState(Input)
{
    /// <inheritdoc/>
    public override string Status => "completed";

    /// <summary>Gets files that the tool read for the model.</summary>
    public IReadOnlyList<FilePart>? Attachments { get; init; }
}

/// <summary>The tool could not do its work, was refused or was stopped.</summary>
/// <param name="Input">The arguments of the model: an object.</param>
/// <param name="Error">The error for the model.</param>
/// <param name="Time">When it began and ended.</param>
public sealed record ToolError(JsonElement Input, string Error, PartTime Time) : ToolState(Input)
{
    /// <inheritdoc/>
    public override string Status => "error";

    /// <summary>Gets what the tool showed until then: an object.</summary>
    public JsonElement? Metadata { get; init; }
}

internal sealed class ToolStateConverter() : TaggedConverter<ToolState>(
    "status",
    ("pending", typeof(ToolPending)),
    ("running", typeof(ToolRunning)),
    ("completed", typeof(ToolCompleted)),
    ("error", typeof(ToolError)));
