using System.Text.Json.Serialization;
using OpenCode.Actors.Protocol.Converters;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Models;
using OpenCode.Actors.Protocol.Permissions;

namespace OpenCode.Actors.Protocol.Requests;

/// <summary>Body of <c>POST /session</c>; may be absent.</summary>
public sealed record CreateSession : IJsonOnDeserialized
{
    /// <summary>Gets the session that the new one is a child of; not checked for existence.</summary>
    [JsonPropertyName("parentID")]
    public SessionId? ParentId { get; init; }

    /// <summary>Gets the title; null for the default one.</summary>
    public string? Title { get; init; }

    /// <summary>Gets the agent.</summary>
    public string? Agent { get; init; }

    /// <summary>Gets the model.</summary>
    public SessionModel? Model { get; init; }

    /// <summary>Gets the session's own permission rules.</summary>
    public IReadOnlyList<PermissionRule>? Permission { get; init; }

    void IJsonOnDeserialized.OnDeserialized()
    {
        ListElements.RefuseNull(Permission, "permission");
        Lengths.RefuseLongRules(Permission, "permission");
        Lengths.RefuseLongTitle(Title);
        Lengths.RefuseLongName(Agent, "agent");
        Lengths.RefuseLongName(Model?.Id, "model.id");
        Lengths.RefuseLongName(Model?.ProviderId, "model.providerID");
        Lengths.RefuseLongName(Model?.Variant, "model.variant");
    }
}

/// <summary>Body of <c>PATCH /session/{id}</c>: what is not given stays.</summary>
public sealed record UpdateSession : IJsonOnDeserialized
{
    /// <summary>Gets the new title.</summary>
    public string? Title { get; init; }

    /// <summary>Gets new times.</summary>
    public UpdateSessionTime? Time { get; init; }

    /// <summary>Gets the new permission rules; they are added to the old ones, as the strongest.</summary>
    public IReadOnlyList<PermissionRule>? Permission { get; init; }

    void IJsonOnDeserialized.OnDeserialized()
    {
        ListElements.RefuseNull(Permission, "permission");
        Lengths.RefuseLongRules(Permission, "permission");
        Lengths.RefuseLongTitle(Title);
    }
}

/// <summary>Times that a client may set.</summary>
/// <param name="Archived">When the session was archived, in milliseconds of the epoch.</param>
public sealed record UpdateSessionTime(long? Archived = null);

/// <summary>Body of <c>POST /session/{id}/fork</c>; may be absent.</summary>
/// <param name="MessageId">The first message that is not copied; null copies all.</param>
public sealed record ForkSession([property: JsonPropertyName("messageID")] MessageId? MessageId = null);

/// <summary>Body of <c>POST /session/{id}/revert</c>.</summary>
/// <param name="MessageId">The first message to undo.</param>
/// <param name="PartId">The first part to undo, if not the whole message.</param>
public sealed record RevertSession(
    [property: JsonPropertyName("messageID")] MessageId MessageId,
    [property: JsonPropertyName("partID")] PartId? PartId = null);

/// <summary>Body of <c>POST /session/{id}/summarize</c>.</summary>
/// <param name="ProviderId">The provider of the model that sums up.</param>
/// <param name="ModelId">The model that sums up.</param>
/// <param name="Auto">Whether this is done without the user's asking.</param>
public sealed record SummarizeSession(
    [property: JsonPropertyName("providerID")] string ProviderId,
    [property: JsonPropertyName("modelID")] string ModelId,
    bool? Auto = null) : IJsonOnDeserialized
{
    void IJsonOnDeserialized.OnDeserialized()
    {
        Lengths.RefuseLongName(ProviderId, "providerID");
        Lengths.RefuseLongName(ModelId, "modelID");
    }
}

/// <summary>Body of <c>POST /session/{id}/init</c>: the command <c>init</c> under a name of its own.</summary>
/// <param name="ProviderId">The provider of the model.</param>
/// <param name="ModelId">The model.</param>
/// <param name="MessageId">The client's own id for the user message.</param>
public sealed record InitSession(
    [property: JsonPropertyName("providerID")] string ProviderId,
    [property: JsonPropertyName("modelID")] string ModelId,
    [property: JsonPropertyName("messageID")] MessageId MessageId) : IJsonOnDeserialized
{
    void IJsonOnDeserialized.OnDeserialized()
    {
        Lengths.RefuseLongName(ProviderId, "providerID");
        Lengths.RefuseLongName(ModelId, "modelID");
    }
}
