namespace OpenCode.Actors.Models.Providers;

/// <summary>The package and address of each <see cref="ProviderApi"/>.</summary>
public static class ProviderApis
{
    /// <summary>Gets the names of the packages that this server has an API for.</summary>
    public static IReadOnlyList<string> Packages { get; } = [PackageOf(ProviderApi.OpenAiCompatible), PackageOf(ProviderApi.OpenAi), PackageOf(ProviderApi.Anthropic)];

    /// <summary>Finds the API of opencode's package.</summary>
    /// <param name="npm">The package's name.</param>
    /// <returns>The API; null when this server has none for it.</returns>
    public static ProviderApi? Of(string npm) => npm switch
    {
        "@ai-sdk/openai-compatible" => ProviderApi.OpenAiCompatible,
        "@ai-sdk/openai" => ProviderApi.OpenAi,
        "@ai-sdk/anthropic" => ProviderApi.Anthropic,
        _ => null,
    };

    /// <summary>Returns the name of opencode's package for an API.</summary>
    /// <param name="api">The API.</param>
    public static string PackageOf(ProviderApi api) => api switch
    {
        ProviderApi.OpenAi => "@ai-sdk/openai",
        ProviderApi.Anthropic => "@ai-sdk/anthropic",
        _ => "@ai-sdk/openai-compatible",
    };

    /// <summary>Returns an address as clients may see it: without user, password and query, which may hold keys.</summary>
    /// <param name="url">An absolute address.</param>
    public static string Shown(Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        return url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
    }

    /// <summary>Returns the address of an API that has one; null for compatible servers, which are anywhere.</summary>
    /// <param name="api">The API.</param>
    public static string? UrlOf(ProviderApi api) => api switch
    {
        ProviderApi.OpenAi => "https://api.openai.com/v1",
        ProviderApi.Anthropic => "https://api.anthropic.com/v1",
        _ => null,
    };
}
