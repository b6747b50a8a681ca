using System.Text.Encodings.Web;
using System.Text.Json;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Clients;

/// <summary>The status and the keys of the answers of a server, by operation, as <c>tests/clients/shapes.mjs</c> sees them.</summary>
internal sealed class Shapes(IReadOnlyDictionary<string, Shapes.Shape> routes)
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public IReadOnlyDictionary<string, Shape> Routes => routes;

    private static string File { get; } = Path.Combine(Repository.Clients.Folder, "shapes.opencode.json");

    /// <summary>Reads what the real server answered.</summary>
    public static Shapes Recorded() => new(JsonSerializer.Deserialize<Dictionary<string, Shape>>(System.IO.File.ReadAllText(File), _json)!);

    /// <summary>Puts the answers to both entries of the SDK together.</summary>
    public static Shapes Of(IEnumerable<JsonElement> entries)
    {
        var routes = new SortedDictionary<string, Shape>(StringComparer.Ordinal);
        foreach (var call in entries.SelectMany(static entry => entry.GetProperty("shapes").EnumerateObject()))
        {
            var (route, status) = (call.Value.Text("route")!, call.Value.GetProperty("status").GetInt32());
            var keys = call.Value.GetProperty("keys").EnumerateArray().Select(static key => key.GetString()!);
            if (routes.TryGetValue(route, out var known))
                Assert.True(known.Status == status, $"{call.Name}, {route}: {status}, and {known.Status} before.");
            routes[route] = new Shape(status, [.. keys.Concat(known?.Keys ?? []).Distinct().Order(StringComparer.Ordinal)]);
        }

        return new Shapes(routes);
    }

    /// <summary>Writes them down, an operation a line.</summary>
    public void Record() => System.IO.File.WriteAllText(
        File, "{\n" + string.Join(",\n", routes.Select(static route => $"{JsonSerializer.Serialize(route.Key, _json)}: {JsonSerializer.Serialize(route.Value, _json)}")) + "\n}\n");

    /// <summary>Lists what is not the same in another server's answers, and not known to be.</summary>
    public IReadOnlyList<string> DifferencesTo(Shapes other, IReadOnlyList<KeyDifference> known, IReadOnlySet<string> unserved)
    {
        var found = routes.Keys.Except(other.Routes.Keys).Except(unserved).Select(static route => $"{route} was not called.").ToList();
        foreach (var (route, shape) in other.Routes.Where(route => !unserved.Contains(route.Key)))
        {
            if (!routes.TryGetValue(route, out var recorded))
            {
                found.Add($"{route} is not recorded: OPENCODE_ACTORS_RECORD_SHAPES=1 records it.");
                continue;
            }

            var allowed = known.Where(one => one.Routes.Contains(route)).ToList();
            if (shape.Status != recorded.Status && !allowed.Exists(one => one.Status == shape.Status))
                found.Add($"{route}: {shape.Status} instead of {recorded.Status}.");
            found.AddRange(recorded.Keys.Except(shape.Keys).Where(key => !allowed.Exists(one => one.IsMissing(key))).Select(key => $"{route} lacks {key}"));
            found.AddRange(shape.Keys.Except(recorded.Keys).Where(key => !allowed.Exists(one => one.IsAdded(key))).Select(key => $"{route} has {key}, which the real server's answer has not"));
        }

        return found;
    }

    internal sealed record Shape(int Status, IReadOnlyList<string> Keys);
}
