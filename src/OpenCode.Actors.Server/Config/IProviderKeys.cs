namespace OpenCode.Actors.Server.Config;

/// <summary>The keys of providers that clients gave. A key of the configuration takes precedence. A door.</summary>
internal interface IProviderKeys
{
    /// <summary>Finds the key of a provider; null for none.</summary>
    /// <exception cref="IOException">The keys cannot be read.</exception>
    string? Find(string providerId);

    /// <summary>Stores a key, for requests from now on.</summary>
    void Set(string providerId, string key);

    /// <summary>Removes a key, if there is one.</summary>
    void Remove(string providerId);
}
