using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Server.Bodies;
using OpenCode.Actors.Server.Errors;
using OpenCode.Actors.Server.Hosting;
using OpenCode.Actors.Sessions.Files;

namespace OpenCode.Actors.Tests.Server.Http;

public sealed class BodyTests
{
    [Theory]
    [InlineData(0, 400, "did not come to its end. Nothing was done")]
    [InlineData(400, 400, "did not come to its end. Nothing was done")]
    [InlineData(408, 408, "did not come to its end in time. Nothing was done")]
    public async Task A_body_that_breaks_off_is_refused_with_what_to_do(int ofHost, int expected, string said)
    {
        var context = Context(ofHost == 0 ? new IOException("reset") : new BadHttpRequestException("of the host", ofHost));

        var refused = await Assert.ThrowsAsync<RefusedBodyException>(async () => await Body<UpdateSession>.BindAsync(context, null!));

        Assert.Equal(expected, refused.Status);
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_too_large_stays_what_the_host_says()
    {
        var context = Context(new BadHttpRequestException("of the host", StatusCodes.Status413PayloadTooLarge));

        var refused = await Assert.ThrowsAsync<BadHttpRequestException>(async () => await OptionalBody<CreateSession>.BindAsync(context, null!));

        Assert.Equal(StatusCodes.Status413PayloadTooLarge, refused.StatusCode);
    }

    [Fact]
    public async Task A_body_that_is_no_JSON_by_its_type_is_a_415()
    {
        var context = Context(new IOException("not read"));
        context.Request.ContentType = "text/plain";

        var refused = await Assert.ThrowsAsync<BadHttpRequestException>(async () => await Body<UpdateSession>.BindAsync(context, null!));

        Assert.Equal(StatusCodes.Status415UnsupportedMediaType, refused.StatusCode);
    }

    [Fact]
    public void No_contract_of_HTTP_is_made_by_reflection()
    {
        var options = new ServiceCollection().AddHost().BuildServiceProvider().GetRequiredService<IOptions<JsonOptions>>().Value;

        Assert.DoesNotContain(options.SerializerOptions.TypeInfoResolverChain, static resolver => resolver is DefaultJsonTypeInfoResolver);
    }

    private static DefaultHttpContext Context(Exception fault)
    {
        var context = new DefaultHttpContext { RequestServices = new ServiceCollection().AddHost().BuildServiceProvider() };
        context.Features.Set<IHttpRequestBodyDetectionFeature>(new HasBody());
        context.Request.ContentType = "application/json";
        context.Request.Body = new Broken(fault);
        return context;
    }

    private sealed class HasBody : IHttpRequestBodyDetectionFeature
    {
        public bool CanHaveBody => true;
    }

    private sealed class Broken(Exception fault) : ReadOnlyStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw fault;
    }
}
