using System.Buffers;
using OpenCode.Actors.Sessions.Index;

namespace OpenCode.Actors.Server.Endpoints;

/// <summary>A list of sessions, joined from the stored JSON of each: 10,000 of them cost no serialization.</summary>
internal sealed class SessionList(IReadOnlyList<SessionEntry> entries) : IResult
{
    private const int FlushEvery = 64 * 1024;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "application/json; charset=utf-8";
        httpContext.Response.ContentLength = 2 + Math.Max(0, entries.Count - 1) + entries.Sum(e => (long)e.Json.Length);
        var body = httpContext.Response.BodyWriter;
        var unflushed = 0;
        body.Write("["u8);
        for (var i = 0; i < entries.Count; i++)
        {
            if (i > 0)
                body.Write(","u8);

            body.Write(entries[i].Json.Span);
            unflushed += entries[i].Json.Length;
            if (unflushed >= FlushEvery)
            {
                unflushed = 0;
                await body.FlushAsync(httpContext.RequestAborted);
            }
        }

        body.Write("]"u8);
        await body.FlushAsync(httpContext.RequestAborted);
    }
}
