using System.Text.Json;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Sessions.Commands;

namespace OpenCode.Actors.Clustering.Wire;

/// <summary>Keeps <see cref="PromptAccepted"/> small: a message over 256 KiB crosses without its parts, which every node has in its rows.</summary>
internal static class AcceptedInShort
{
    /// <summary>How large a message may be that crosses nodes whole, in bytes of JSON.</summary>
    public const int MaxBytes = 256 * 1024;

    public static PromptAccepted Of(PromptAccepted message) =>
        JsonSerializer.SerializeToUtf8Bytes(message.User, ProtocolJson.Wire.MessageWithParts).Length > MaxBytes ? message with { User = message.User with { Parts = [] } } : message;
}
