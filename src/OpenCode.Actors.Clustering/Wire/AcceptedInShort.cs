using System.Text.Json;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Sessions.Commands;

namespace OpenCode.Actors.Clustering.Wire;

/// <summary>Keeps <see cref="PromptAccepted"/> small: a message over 256 KiB crosses without its parts and what the client may have made large, such as its system prompt. Every node has them in its rows.</summary>
internal static class AcceptedInShort
{
    /// <summary>How large a message may be that crosses nodes whole, in bytes of JSON.</summary>
    public const int MaxBytes = 256 * 1024;

    public static PromptAccepted Of(PromptAccepted message) =>
        JsonSerializer.SerializeToUtf8Bytes(message.User, ProtocolJson.Wire.MessageWithParts).Length > MaxBytes ? message with { User = new MessageWithParts(Short(message.User.Info), []) } : message;

    private static Message Short(Message info) => info is UserMessage m ? m with { System = null, Tools = null, Format = null, Summary = null } : info;
}
