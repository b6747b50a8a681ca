using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Models;

/// <summary>Makes a model with its first request, so that the start of a server does not wait for the vendors' packages to load.</summary>
internal sealed class LazyChatModel(Func<IChatModel> make) : IChatModel
{
    private readonly Lazy<IChatModel> _model = new(make);

    public IAsyncEnumerable<ModelChunk> StreamAsync(ModelRequest request, CancellationToken cancellationToken) => _model.Value.StreamAsync(request, cancellationToken);
}
