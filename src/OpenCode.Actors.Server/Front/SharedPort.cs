using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace OpenCode.Actors.Server.Front;

/// <summary>A port that stays open while the application behind it changes: first the front, then the server that took the data folder over. A request stays with the application that it began in.</summary>
/// <remarks>To the second application it is a server like any other; to stop that one closes the port.</remarks>
/// <param name="kestrel">Has the port.</param>
internal sealed class SharedPort(IServer kestrel) : IServer
{
    private readonly SwitchedApplication _application = new();

    /// <inheritdoc/>
    public IFeatureCollection Features => kestrel.Features;

    /// <summary>Opens the port.</summary>
    /// <param name="first">What answers until an application is started.</param>
    /// <param name="contexts">Makes contexts for it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task OpenAsync(RequestDelegate first, IHttpContextFactory contexts, CancellationToken cancellationToken)
    {
        _application.Use(new DelegateApplication(first, contexts));
        return kestrel.StartAsync(_application, cancellationToken);
    }

    /// <inheritdoc/>
    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        _application.Use(application);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => kestrel.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
