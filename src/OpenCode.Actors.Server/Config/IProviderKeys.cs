namespace OpenCode.Actors.Server.Config;

/// <summary>The keys of providers that clients gave. A key of the configuration goes before. A door.</summary>
internal interface IProviderKeys
{
    /// <summary>Finds the key of a provider; null for none.</summary>
    /// <exception cref="IOException">The keys cannot be read.</exception>
    string? Find(string providerId);

    /// <summary>Keeps a key, for requests from now on.</summary>
    void Set(string providerId, string key);

    /// <summary>Forgets a key; nothing happens when there is none.</summary>
    void Remove(string providerId);
}
