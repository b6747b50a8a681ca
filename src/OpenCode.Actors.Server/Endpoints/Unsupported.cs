using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Server.Errors;

namespace OpenCode.Actors.Server.Endpoints;

/// <summary>Refuses fields that would change the effect and that this server does not support (rule "Nothing is ignored silently"). A new feature removes its line from <see cref="Refuse(Prompt)"/>.</summary>
internal static class Unsupported
{
    /// <summary>Refuses a prompt that has such a field.</summary>
    /// <exception cref="RefusedBodyException">It has one; the message names it.</exception>
    public static void Refuse(Prompt prompt)
    {
        Refuse("permission", prompt.Permission is not null);
    }

    private static void Refuse(string name, bool isGiven)
    {
        if (isGiven)
            throw new RefusedBodyException(StatusCodes.Status400BadRequest, $"This server does not support {name} in a prompt, and nothing was done: leave it out.");
    }
}
