using System.Text.Json;
using System.Text.Json.Nodes;
using OpenCode.Actors.Server.Config;

namespace OpenCode.Actors.Server.Models.Doors;

/// <summary>The keys of providers that clients gave: <c>auth.json</c> in the data folder, mode 600. A key of the configuration goes before.</summary>
internal sealed class ProviderKeys(string folder)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Lock _lock = new();
    private readonly string _file = Path.Combine(folder, "auth.json");
    private JsonObject? _keys;

    /// <summary>Gives the providers of a configuration that have no key theirs.</summary>
    public OpenCodeConfig AddTo(OpenCodeConfig config) =>
        config with { Providers = [.. config.Providers.Select(provider => provider.ApiKey is null && Find(provider.Id) is { } key ? provider with { ApiKey = key } : provider)] };

    /// <summary>Finds the key of a provider; null for none.</summary>
    public string? Find(string providerId)
    {
        lock (_lock)
            return (KeysNeedsLock()[providerId] as JsonObject)?["key"]?.GetValue<string>();
    }

    /// <summary>Keeps a key, for requests from now on.</summary>
    public void Set(string providerId, string key)
    {
        lock (_lock)
        {
            var keys = KeysNeedsLock().DeepClone().AsObject();
            keys[providerId] = new JsonObject { ["type"] = "api", ["key"] = key };
            WriteNeedsLock(keys);
        }
    }

    /// <summary>Forgets a key; nothing happens when there is none.</summary>
    public void Remove(string providerId)
    {
        lock (_lock)
        {
            var keys = KeysNeedsLock().DeepClone().AsObject();
            if (keys.Remove(providerId))
                WriteNeedsLock(keys);
        }
    }

    private JsonObject KeysNeedsLock()
    {
        if (_keys is not null)
            return _keys;

        try
        {
            return _keys = File.Exists(_file) ? JsonNode.Parse(File.ReadAllText(_file))!.AsObject() : [];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or UnauthorizedAccessException or NullReferenceException)
        {
            throw new IOException($"The keys of providers in '{_file}' cannot be read: {e.Message} Mend the file, or remove it and give the keys again.", e);
        }
    }

    // Written beside and moved: a crash leaves the old file or the new one.
    private void WriteNeedsLock(JsonObject keys)
    {
        var written = _file + ".new";
        File.Delete(written);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        using (var stream = new FileStream(written, options))
        {
            using (var writer = new Utf8JsonWriter(stream))
                keys.WriteTo(writer);
            stream.Flush(flushToDisk: true);
        }

        File.Move(written, _file, overwrite: true);
        _keys = keys;
    }
}
