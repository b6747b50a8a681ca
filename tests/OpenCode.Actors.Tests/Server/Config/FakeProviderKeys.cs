using OpenCode.Actors.Server.Config;

namespace OpenCode.Actors.Tests.Server.Config;

/// <summary>Keys in memory.</summary>
internal sealed class FakeProviderKeys : IProviderKeys
{
    private readonly Dictionary<string, string> _keys = new(StringComparer.Ordinal);

    public bool IsBroken { get; set; }

    public string? Find(string providerId) => IsBroken ? throw new IOException("The keys cannot be read.") : _keys.GetValueOrDefault(providerId);

    public void Set(string providerId, string key) => _keys[providerId] = key;

    public void Remove(string providerId) => _keys.Remove(providerId);
}
