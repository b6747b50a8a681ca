using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.StaticFiles;
using OpenCode.Actors.Protocol.Errors;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Server.Answers;
using OpenCode.Actors.Server.Locations;
using OpenCode.Actors.Server.Locations.Files;

namespace OpenCode.Actors.Server.Endpoints.Files;

/// <summary>The files of a location: listed, read, found by name and by text. It finds no symbols, which needs a language server.</summary>
internal static class FileEndpoints
{
    private const int MostFound = 100;
    private static readonly FileExtensionContentTypeProvider _types = new();
    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static void MapFiles(this IEndpointRouteBuilder routes)
    {
        var files = routes.MapGroup("").WithTags("Files").WithErrors();
        files.MapGet("/file", ListAsync).WithName("file.list").Produces<IReadOnlyList<FileNode>>();
        files.MapGet("/file/content", ReadAsync).WithName("file.read").Produces<FileContent>();
        files.MapGet("/find", FindTextAsync).WithName("find.text").Produces<IReadOnlyList<LineMatch>>();
        files.MapGet("/find/file", FindAsync).WithName("find.files").Produces<IReadOnlyList<string>>();
        files.MapGet("/find/symbol", () => TypedResults.Bytes("[]"u8.ToArray(), "application/json; charset=utf-8")).WithName("find.symbols").Produces<object>();
        files.MapGet("/api/fs/find", FindInApiAsync).WithName("v2.fs.find").Produces<FoundFiles>();
    }

    private static async Task<IResult> ListAsync(Location location, string? path, LocationFiles files, HttpResponse response, CancellationToken cancellationToken)
    {
        var (folder, kind) = files.Find(location, path ?? ".");
        if (kind != PathKind.Folder)
            return Refusals.NotFound($"Folder not found: {path}");

        var (nodes, isAll) = await files.ListAsync(location, folder, cancellationToken);
        if (!isAll)
            response.Headers["X-Most-Entries"] = nodes.Count.ToString(CultureInfo.InvariantCulture);
        return TypedResults.Ok(nodes);
    }

    private static async Task<IResult> ReadAsync(Location location, string? path, LocationFiles files, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(path))
            return Refusals.BadQuery("path", "name a file of the location");

        var (file, kind) = files.Find(location, path);
        if (kind != PathKind.File)
            return Refusals.NotFound($"File not found: {path}");

        return await files.ReadAsync(file, cancellationToken) is { } bytes ? TypedResults.Ok(ContentOf(file, bytes)) : Refusals.BadQuery("path", $"'{path}' cannot be read, or is over 10 MiB");
    }

    private static async Task<IResult> FindAsync(Location location, string? query, string? dirs, string? type, string? limit, LocationFiles files, CancellationToken cancellationToken)
    {
        if (!TryLimit(limit, out var most))
            return Refusals.BadQuery("limit", $"'{limit}' is no whole number above 0");
        if (type is not (null or "" or "file" or "directory"))
            return Refusals.BadQuery("type", "give file or directory");

        var all = await files.AllAsync(location, cancellationToken);
        return TypedResults.Ok(FileSearch.Find(all, query ?? "", withFiles: type != "directory", withFolders: type != "file" && dirs != "false", most));
    }

    private static async Task<IResult> FindInApiAsync(
        Location location, string? query, string? type, string? limit, LocationFiles files, ProjectCatalog projects, CancellationToken cancellationToken)
    {
        if (!TryLimit(limit, out var most))
            return Refusals.BadQuery("limit", $"'{limit}' is no whole number above 0");
        if (type is not (null or "" or "file" or "directory"))
            return Refusals.BadQuery("type", "give file or directory");

        var found = FileSearch.Find(await files.AllAsync(location, cancellationToken), query ?? "", withFiles: type != "directory", withFolders: type != "file", most);
        return TypedResults.Ok(new FoundFiles(
            LocationAnswer.Of(location, await projects.ProjectOfAsync(location)), [.. found.Select(static path => new FoundFile(path, path.EndsWith('/') ? "directory" : "file"))]));
    }

    private static async Task<IResult> FindTextAsync(Location location, string? pattern, TextSearch search, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(pattern))
            return Refusals.BadQuery("pattern", "give a regular expression");

        try
        {
            return TypedResults.Ok(await search.FindAsync(location, new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant), cancellationToken));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return Refusals.BadQuery("pattern", $"'{pattern}' is no regular expression that can be matched in linear time");
        }
    }

    private static FileContent ContentOf(string path, byte[] bytes)
    {
        if (Array.IndexOf(bytes, (byte)0) < 0)
        {
            try
            {
                return new FileContent("text", _strict.GetString(bytes));
            }
            catch (DecoderFallbackException)
            {
                // no text after all
            }
        }

        return new FileContent("binary", Convert.ToBase64String(bytes), "base64", _types.TryGetContentType(path, out var type) ? type : "application/octet-stream");
    }

    private static bool TryLimit(string? text, out int most)
    {
        most = MostFound;
        return string.IsNullOrEmpty(text) || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out most) && most > 0);
    }
}
