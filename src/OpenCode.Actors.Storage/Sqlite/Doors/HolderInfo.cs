using System.Text.Json.Serialization;

namespace OpenCode.Actors.Storage.Sqlite.Doors;

/// <summary>What the holder of a data folder tells other servers of the same user.</summary>
/// <param name="Url">Where it listens.</param>
/// <param name="Pid">Its process.</param>
/// <param name="Secret">Proves to it that a request comes from a server that may read the folder. New at each start.</param>
/// <param name="HasPassword">Whether its own clients need one.</param>
/// <param name="Settings">What its rules come from, each with a keyed hash of its value.</param>
internal sealed record HolderInfo(string Url, int Pid, string Secret, bool HasPassword, IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>Describes the holder for people, without the secret.</summary>
    public override string ToString() => $"the server at {Url} (process {Pid})";
}

/// <summary>Its JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(HolderInfo))]
internal sealed partial class HolderJson : JsonSerializerContext;
