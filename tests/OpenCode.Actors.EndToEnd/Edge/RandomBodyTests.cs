using System.Text;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Edge;

/// <summary>Whatever a body holds, no route answers 5xx and none hangs.</summary>
public sealed class RandomBodyTests(ITestOutputHelper output) : ServerTest(output)
{
    [Fact]
    public async Task Random_bodies_never_lead_to_a_5xx_nor_to_a_hang()
    {
        var random = Randomness();
        var server = await StartAsync();
        var session = await server.Api.CreateSessionAsync();
        var routes = (await Route.AllAsync(server.Api)).Where(r => !r.IsStream && r.Method != "DELETE").ToList();
        var bodies = new RandomJson(random, session);

        for (var n = 0; n < Scale.Of(1_500, 30_000); n++)
        {
            var route = routes[random.Next(routes.Count)];
            var body = bodies.Next(route);
            var answer = await RawHttp.SendAsync(
                server.Root, route.Method, route.PathOf(session), "Content-Type: application/json\r\n", route.TakesBody ? Encoding.UTF8.GetBytes(body) : null);

            Assert.True(answer.Status is >= 200 and < 500, $"{route} {body}: {answer}");
            Assert.True(answer.Status < 400 || answer.Body.Length > 0, $"{route} {body}: {answer.Status} without a word.");
            if (n % 100 == 0)
                await server.Api.PostAsync($"/session/{session}/abort"); // A body may be a good prompt.
        }

        await server.Api.PostAsync($"/session/{session}/abort");
        await server.Api.IdleAsync(session);
        await server.Api.AskAsync(await server.Api.CreateSessionAsync(), "hello");
    }
}
