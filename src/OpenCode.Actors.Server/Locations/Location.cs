namespace OpenCode.Actors.Server.Locations;

/// <summary>A folder that sessions work in and streams are about, as a real path: absolute, no link, no dot, no doubled or last slash.</summary>
/// <param name="Path">The real path.</param>
/// <param name="Exists">Whether a folder is there.</param>
internal sealed record Location(string Path, bool Exists)
{
    /// <summary>Takes the location of a request: query <c>directory</c> or <c>location[directory]</c>, else header <c>x-opencode-directory</c> (URI-encoded or raw), else the server's own.</summary>
    public static ValueTask<Location> BindAsync(HttpContext context)
    {
        var resolver = context.RequestServices.GetRequiredService<LocationResolver>();
        var request = context.Request;
        var named = request.QueryString.HasValue && QueryOf(request) is { Length: > 0 } query
            ? query
            : Uri.UnescapeDataString(request.Headers["x-opencode-directory"].ToString());
        return ValueTask.FromResult(resolver.Resolve(named));
    }

    // Routes of /api name it in their own way; clients that send both mean the same.
    private static string QueryOf(HttpRequest request) => request.Query["directory"].ToString() is { Length: > 0 } directory ? directory : request.Query["location[directory]"].ToString();

    /// <summary>Returns this location if a folder is there.</summary>
    /// <exception cref="LocationException">None does: work cannot be done there.</exception>
    public Location Existing() => Exists ? this : throw new LocationException($"The location '{Path}' is no existing folder. Create it, or name another one.");
}

/// <summary>A request names a location that cannot be one, or not for what it wants.</summary>
internal sealed class LocationException(string message, Exception? inner = null) : Exception(message, inner);
