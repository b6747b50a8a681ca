using System.Text.Json;
using System.Text.Json.Nodes;
using OpenCode.Actors.Sessions.Files.Doors;

namespace OpenCode.Actors.Server.Config.Doors;

/// <summary>The keys of providers that clients gave: <c>auth.json</c> in the data folder, mode 600. Read again when the file is another one: a server that held the folder before may have written it.</summary>
internal sealed class ProviderKeys(string folder) : IProviderKeys
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Lock _lock = new();
    private readonly string _file = Path.Combine(folder, "auth.json");
    private JsonObject _keys = [];
    private FileFacts? _read;

    public string? Find(string providerId)
    {
        lock (_lock)
            return (KeysNeedsLock()[providerId] as JsonObject)?["key"]?.GetValue<string>();
    }

    public void Set(string providerId, string key)
    {
        lock (_lock)
        {
            var keys = KeysNeedsLock().DeepClone().AsObject();
            keys[providerId] = new JsonObject { ["type"] = "api", ["key"] = key };
            WriteNeedsLock(keys);
        }
    }

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
        var facts = FileFacts.Of(_file);
        if (facts == _read)
            return _keys;

        try
        {
            _keys = facts is null ? [] : JsonNode.Parse(File.ReadAllText(_file))!.AsObject();
            _read = facts;
            return _keys;
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
        (_keys, _read) = (keys, FileFacts.Of(_file));
    }
}
