using System.Text.Json.Serialization;
using OpenCode.Actors.Protocol.Converters;
using OpenCode.Actors.Protocol.Events;

namespace OpenCode.Actors.Protocol.Permissions;

/// <summary>One rule: what to do when something is asked for that matches.</summary>
/// <param name="Permission">What is asked for, such as <c>bash</c>; <c>*</c> matches any.</param>
/// <param name="Pattern">With which arguments; <c>*</c> matches any run of characters.</param>
/// <param name="Action">What to do.</param>
public sealed record PermissionRule(string Permission, string Pattern, PermissionAction Action);

/// <summary>What a rule says.</summary>
[JsonConverter(typeof(WireEnumConverter<PermissionAction>))]
public enum PermissionAction
{
    /// <summary>Ask the user.</summary>
    Ask,

    /// <summary>Do it.</summary>
    Allow,

    /// <summary>Refuse it.</summary>
    Deny,
}

/// <summary>What a user answers.</summary>
[JsonConverter(typeof(WireEnumConverter<PermissionAnswer>))]
public enum PermissionAnswer
{
    /// <summary>Refuse it.</summary>
    Reject,

    /// <summary>Do it this time.</summary>
    Once,

    /// <summary>Do it, and whatever matches <see cref="PermissionRequest.Always"/> from now on.</summary>
    Always,
}
