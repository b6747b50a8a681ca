using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using OpenCode.Actors.Server.Errors;

namespace OpenCode.Actors.Server.Bodies;

/// <summary>The JSON body of a request. Its contract is made when it is read first: the framework's own way makes those of all routes before the first answer, a fifth of the work of a start.</summary>
/// <param name="value">What the client sent.</param>
internal sealed class Body<T>(T value) : IBindableFromHttpContext<Body<T>>, IEndpointParameterMetadataProvider
{
    public T Value => value;

    /// <summary>Reads it; null when there is none.</summary>
    /// <exception cref="BadHttpRequestException">It is too large, no JSON, or not this kind of value.</exception>
    /// <exception cref="RefusedBodyException">It did not come to its end.</exception>
    public static async ValueTask<Body<T>?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != true)
            return null;
        if (!context.Request.HasJsonContentType())
            throw new BadHttpRequestException($"Expected a supported JSON media type but got \"{context.Request.ContentType}\".", StatusCodes.Status415UnsupportedMediaType);

        try
        {
            return await context.Request.ReadFromJsonAsync<T>() is { } value ? new Body<T>(value) : null;
        }
        catch (JsonException e)
        {
            throw new BadHttpRequestException("The body is not valid JSON.", StatusCodes.Status400BadRequest, e);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status408RequestTimeout)
        {
            throw new RefusedBodyException(e.StatusCode, "The body did not come to its end in time. Nothing was done; send the request again.");
        }
        catch (IOException e) when (e is not BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge })
        {
            throw new RefusedBodyException(StatusCodes.Status400BadRequest, "The body did not come to its end. Nothing was done; send the request again.");
        }
    }

    /// <summary>Tells routing and the API description what is read.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(T)));
}
