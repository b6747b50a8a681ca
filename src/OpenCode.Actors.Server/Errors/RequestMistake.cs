using System.Text.RegularExpressions;
using OpenCode.Actors.Protocol.Errors;

namespace OpenCode.Actors.Server.Errors;

/// <summary>Describes a mistake in a request for its client. The framework's texts are for the author of an endpoint.</summary>
internal static partial class RequestMistake
{
    /// <summary>Makes the error from the framework's message.</summary>
    public static NamedError Describe(string message)
    {
        if (message.StartsWith("Required parameter \"Body<", StringComparison.Ordinal))
            return NamedError.BadRequest("A body is needed: give a JSON object.", BadRequestKinds.Payload);
        if (Unreadable.Match(message) is { Success: true } bad)
            return NamedError.BadRequest($"{bad.Groups["name"].Value}: '{bad.Groups["value"].Value}' is not valid.", BadRequestKinds.Params);

        return Missing.Match(message) is { Success: true } missing
            ? NamedError.BadRequest($"{missing.Groups["name"].Value}: is missing.", BadRequestKinds.Params)
            : NamedError.BadRequest(message, BadRequestKinds.Params);
    }

    [GeneratedRegex("""^Failed to bind parameter "\S+ (?<name>\w+)" from "(?<value>.*)"\.$""", RegexOptions.ExplicitCapture | RegexOptions.Singleline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Unreadable { get; }

    [GeneratedRegex("""^Required parameter "\S+ (?<name>\w+)" was not provided""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Missing { get; }
}
