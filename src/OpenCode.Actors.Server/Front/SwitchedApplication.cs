using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace OpenCode.Actors.Server.Front;

/// <summary>Gives each request to the application that is in place when it begins.</summary>
internal sealed class SwitchedApplication : IHttpApplication<SwitchedApplication.Request>
{
    private volatile Func<IFeatureCollection, Request> _begin = static _ => throw new InvalidOperationException("No application is in place.");

    /// <summary>Puts an application in place for the requests that begin from now on.</summary>
    public void Use<TContext>(IHttpApplication<TContext> application)
        where TContext : notnull => _begin = features => new RequestOf<TContext>(application, application.CreateContext(features));

    /// <inheritdoc/>
    public Request CreateContext(IFeatureCollection contextFeatures) => _begin(contextFeatures);

    /// <inheritdoc/>
    public Task ProcessRequestAsync(Request context) => context.ProcessAsync();

    /// <inheritdoc/>
    public void DisposeContext(Request context, Exception? exception) => context.Dispose(exception);

    /// <summary>A request and the application it belongs to.</summary>
    internal abstract class Request
    {
        public abstract Task ProcessAsync();

        public abstract void Dispose(Exception? exception);
    }

    private sealed class RequestOf<TContext>(IHttpApplication<TContext> application, TContext context) : Request
        where TContext : notnull
    {
        public override Task ProcessAsync() => application.ProcessRequestAsync(context);

        public override void Dispose(Exception? exception) => application.DisposeContext(context, exception);
    }
}

/// <summary>A pipeline as an application without a host.</summary>
/// <param name="pipeline">The pipeline.</param>
/// <param name="contexts">Makes contexts for it.</param>
internal sealed class DelegateApplication(RequestDelegate pipeline, IHttpContextFactory contexts) : IHttpApplication<HttpContext>
{
    /// <inheritdoc/>
    public HttpContext CreateContext(IFeatureCollection contextFeatures) => contexts.Create(contextFeatures);

    /// <inheritdoc/>
    public Task ProcessRequestAsync(HttpContext context) => pipeline(context);

    /// <inheritdoc/>
    public void DisposeContext(HttpContext context, Exception? exception) => contexts.Dispose(context);
}
