using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OpenCode.Actors.Protocol.Converters;

namespace OpenCode.Actors.Server.OpenApi;

/// <summary>Describes unions by their cases, which the framework cannot see: they have converters of their own. It describes no elements of lists of them.</summary>
internal static class UnionSchemas
{
    public static async Task DescribeAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.Document is not { } document)
            return;

        if (UnionOf(context.JsonTypeInfo) is { } union)
        {
            await FillAsync(schema, union, document, context, cancellationToken);
        }
        else if (context.JsonTypeInfo.ElementType is { } element && UnionOf(context.JsonTypeInfo.Options.GetTypeInfo(element)) is { } ofElements)
        {
            if (!Has(document, element.Name))
            {
                var described = new OpenApiSchema();
                document.AddComponent(element.Name, described); // before its cases: one of them may hold such a list
                await FillAsync(described, ofElements, document, context, cancellationToken);
            }

            var reference = new OpenApiSchemaReference(element.Name, document);
            if (context.JsonTypeInfo.Kind == JsonTypeInfoKind.Dictionary)
                schema.AdditionalProperties = reference;
            else
                schema.Items = reference;
        }
    }

    /// <summary>Makes a schema the choice between components, distinguished by a property.</summary>
    public static void Combine(OpenApiSchema schema, string tag, IReadOnlyList<(string Tag, string Name)> cases, OpenApiDocument document)
    {
        schema.OneOf = [.. cases.Select(one => new OpenApiSchemaReference(one.Name, document))];
        schema.Discriminator = new OpenApiDiscriminator
        {
            PropertyName = tag,
            Mapping = cases.ToDictionary(one => one.Tag, one => new OpenApiSchemaReference(one.Name, document), StringComparer.Ordinal),
        };
    }

    private static async Task FillAsync(OpenApiSchema schema, ITaggedUnion union, OpenApiDocument document, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var cases = new List<(string Tag, string Name)>();
        foreach (var (tag, type) in union.Cases.OrderBy(one => one.Value.Name, StringComparer.Ordinal))
        {
            if (!Has(document, type.Name))
                document.AddComponent(type.Name, await context.GetOrCreateSchemaAsync(type, parameterDescription: null, cancellationToken));

            cases.Add((tag, type.Name));
        }

        Combine(schema, union.Tag, cases, document);
    }

    private static ITaggedUnion? UnionOf(JsonTypeInfo type) => type.Converter as ITaggedUnion;

    private static bool Has(OpenApiDocument document, string name) => document.Components?.Schemas?.ContainsKey(name) == true;
}
