using System.Reflection;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Server.Answers;
using OpenCode.Actors.Server.Locations;

namespace OpenCode.Actors.Server.OpenApi;

/// <summary>The API description of the served routes, built at its first request.</summary>
internal static class OpenApiServices
{
    public static IServiceCollection AddApiDescription(this IServiceCollection services) => services.AddOpenApi(options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "OpenCode.Actors",
                Version = Versions.Protocol,
                Description = "The routes of opencode that this server serves, and a few of its own. Other routes of opencode answer 501.",
            };
            document.Servers = null;
            return Task.CompletedTask;
        });
        options.AddOperationTransformer(DescribeLocation);
        options.AddOperationTransformer(EventSchemas.DescribeStreamAsync);
        options.AddSchemaTransformer(DescribeIds);
        options.AddSchemaTransformer(UnionSchemas.DescribeAsync);
    });

    public static void MapApiDescription(this IEndpointRouteBuilder routes) => routes.MapOpenApi("/doc");

    // A location is taken from the request as a whole, which the framework cannot see into.
    private static Task DescribeLocation(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var handler = context.Description.ActionDescriptor.EndpointMetadata.OfType<MethodInfo>().FirstOrDefault();
        if (handler?.GetParameters().Any(p => p.ParameterType == typeof(Location)) == true)
        {
            operation.Parameters ??= [];
            if (!operation.Parameters.Any(p => p.Name == "directory"))
                operation.Parameters.Add(Text("directory", ParameterLocation.Query));

            operation.Parameters.Add(Text("x-opencode-directory", ParameterLocation.Header));
        }

        return Task.CompletedTask;
    }

    // Ids have converters of their own: on the wire they are strings.
    private static Task DescribeIds(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type.Namespace == typeof(SessionId).Namespace && type.GetProperty(nameof(SessionId.Prefix), BindingFlags.Public | BindingFlags.Static)?.GetValue(null) is string prefix)
        {
            schema.Type = JsonSchemaType.String;
            schema.Pattern = "^" + prefix;
        }

        return Task.CompletedTask;
    }

    private static OpenApiParameter Text(string name, ParameterLocation place) =>
        new() { Name = name, In = place, Description = "The folder this is about; the server's own when not given.", Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
}
