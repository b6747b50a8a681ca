using Microsoft.AspNetCore.Http.Features;

namespace OpenCode.Actors.Server.Sse;

/// <summary>Marks an endpoint as an event stream.</summary>
internal sealed class StreamRoute
{
    public static StreamRoute Mark { get; } = new();

    public static bool Is(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<StreamRoute>() is not null;

    /// <summary>Gives streams the services of the application: they need none of a scope, and would keep theirs as long as they last.</summary>
    public static void UseWithoutScope(IApplicationBuilder app)
    {
        var services = new WithoutScope(app.ApplicationServices);
        app.Use(next => context =>
        {
            if (Is(context))
                context.Features.Set<IServiceProvidersFeature>(services);

            return next(context);
        });
    }

    private sealed class WithoutScope(IServiceProvider services) : IServiceProvidersFeature
    {
        public IServiceProvider RequestServices { get; set; } = services;
    }
}
