using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;

namespace OpenCode.Actors.Server.Bodies;

/// <summary>The JSON body of a request that may have none. A type of its own: the framework's generator cannot describe a <see cref="Body{T}"/> that may be null.</summary>
/// <param name="value">What the client sent, if anything.</param>
internal sealed class OptionalBody<T>(T? value) : IBindableFromHttpContext<OptionalBody<T>>, IEndpointParameterMetadataProvider
    where T : class
{
    public T? Value => value;

    /// <summary>Reads it as <see cref="Body{T}"/> does.</summary>
    public static async ValueTask<OptionalBody<T>?> BindAsync(HttpContext context, ParameterInfo parameter) => new((await Body<T>.BindAsync(context, parameter))?.Value);

    /// <summary>Tells routing and the API description what is read.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(T), isOptional: true));
}
