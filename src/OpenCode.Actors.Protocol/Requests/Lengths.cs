using System.Text.Json;
using OpenCode.Actors.Protocol.Models;
using OpenCode.Actors.Protocol.Permissions;

namespace OpenCode.Actors.Protocol.Requests;

/// <summary>Bounds of what a client may store in the description of a session: it is in every event and list of it, and crosses nodes in one message.</summary>
internal static class Lengths
{
    /// <summary>How long a title may be, in UTF-16 code units.</summary>
    public const int MaxTitle = 32 * 1024;

    /// <summary>How long the name of an agent or a model may be, in UTF-16 code units.</summary>
    public const int MaxName = 1024;

    /// <summary>How long the permissions and patterns of all rules may be together, in UTF-16 code units.</summary>
    public const int MaxRules = 32 * 1024;

    // Every rule has an action and the names of three fields beside its texts.
    private const int OfRule = 64;

    public static void RefuseLongTitle(string? title)
    {
        if (title?.Length > MaxTitle)
            throw new JsonException($"'title' has {title.Length} characters; it may have {MaxTitle}.");
    }

    public static void RefuseLongName(string? text, string name)
    {
        if (text?.Length > MaxName)
            throw new JsonException($"'{name}' has {text.Length} characters; it may have {MaxName}.");
    }

    public static void RefuseLongNames(ModelRef? model)
    {
        RefuseLongName(model?.ProviderId, "model.providerID");
        RefuseLongName(model?.ModelId, "model.modelID");
        RefuseLongName(model?.Variant, "model.variant");
    }

    public static void RefuseLongRules(IReadOnlyList<PermissionRule>? rules, string name)
    {
        var length = rules?.Sum(static rule => OfRule + (long)rule.Permission.Length + rule.Pattern.Length) ?? 0;
        if (length > MaxRules)
            throw new JsonException($"The rules of '{name}' have {length} characters with {OfRule} for each rule; they may have {MaxRules} together.");
    }
}
