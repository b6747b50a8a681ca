using OpenCode.Actors.Server.Errors;
using OpenCode.Actors.Server.Settings;
using OpenCode.Actors.Server.Sse;

namespace OpenCode.Actors.Server.Edge;

/// <summary>The pipeline that every request passes before its endpoint.</summary>
internal static class EdgeServices
{
    /// <summary>Accepts requests of fronts by their secret, if this server may have fronts. Runs before everything else.</summary>
    public static void UseFrontSecret(this IApplicationBuilder app)
    {
        if (app.ApplicationServices.GetService<FrontSecret>() is { } pass)
            app.Use(next => context => pass.CheckAsync(context, next));
    }

    public static void UseErrors(this IApplicationBuilder app)
    {
        var logger = app.ApplicationServices.GetRequiredService<ILogger<ErrorMiddleware>>();
        app.Use(next => new ErrorMiddleware(next, logger).InvokeAsync);
    }

    /// <summary>Adds the checks of clients: Host, Origin, password.</summary>
    public static void UseClientRules(this IApplicationBuilder app, ServeSettings settings)
    {
        var hosts = new HostRule(settings.Password is not null, settings.Hostname, settings.AllowedHosts);
        var origins = new OriginRule(settings.Cors);
        var credentials = settings.Password is { } password ? new Credentials(settings.Username, password) : null;
        app.Use(next => context => next(OneSlash.For(context)));
        app.Use(next => new EdgeMiddleware(next, hosts, origins, credentials).InvokeAsync);
    }

    public static void UseEdge(this IApplicationBuilder app, ServeSettings settings)
    {
        app.UseClientRules(settings);
        app.Use(next => new BodyMiddleware(next).InvokeAsync);
        app.UseRouting();
        StreamRoute.UseWithoutScope(app);

        // A stream beyond the connection limit gets an answer that makes it reconnect (rule "No 5xx on a stream").
        app.Use(next => context => ConnectionCount.IsOneTooMany(context) && !StreamRoute.Is(context) ? ConnectionCount.RefuseAsync(context) : next(context));
    }
}
