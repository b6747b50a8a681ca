using System.Globalization;
using System.Text.RegularExpressions;

namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>The shape of a position on the wire, known to the tests only to check order and density; clients take it as opaque.</summary>
internal static partial class Position
{
    public static long OffsetOf(string id)
    {
        var match = Shape().Match(id);
        Assert.True(match.Success, $"'{id}' is not an id of the form timeline.generation-offset.");
        return long.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^([0-9A-Za-z]{8})\.([0-9]+)-([0-9]+)(\.[0-9a-z]+)?$")]
    private static partial Regex Shape();
}
