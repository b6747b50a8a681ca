using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Akka;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenCode.Actors.Journaling;
using OpenCode.Actors.Journaling.Doors;
using OpenCode.Actors.Journaling.Files;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Ids.Doors;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Models.Embedded;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Tests.Sessions;

/// <summary>The wiring as the server has it: a host, threads, a disk, processes, and the shutdown in its phases.</summary>
public sealed class SessionsHostTests : IAsyncLifetime
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"sessions-{Guid.NewGuid():n}");
    private FileJournal _journal = null!;
    private IHost _host = null!;

    private ISessions Sessions => _host.Services.GetRequiredService<ISessions>();

    private Place Place => new(_folder, "global");

    public async Task InitializeAsync()
    {
        _journal = await FileJournal.OpenAsync(new FileDisk(_folder), new JournalOptions(), TimeProvider.System, SystemEntropy.Instance.NextUInt64);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddMetrics().AddLogging().AddSingleton(TimeProvider.System).AddSingleton<IEntropy>(SystemEntropy.Instance);
        builder.Services.AddSingleton<IJournal>(_journal).AddSingleton<IModelCatalog, EmbeddedOnly>().AddTools().AddSessions();
        builder.Services.AddAkka("opencode", static akka => akka
            .AddHocon("akka { log-dead-letters = off\n coordinated-shutdown { exit-clr = off\n run-by-clr-shutdown-hook = off } }", HoconAddMode.Prepend)
            .AddSessions());
        _host = builder.Build();
        await _host.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        _host.Dispose();
        await _journal.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_prompt_is_answered_by_the_model_and_the_index_knows_the_session()
    {
        var session = await CreateAsync();

        var accepted = Assert.IsType<SessionActor.Accepted>(await Sessions.AskAsync(session, Prompt("hello"), CancellationToken.None));
        var ended = Assert.IsType<SessionActor.TurnEnded>(await Sessions.AwaitTurnAsync(session, accepted.Turn, CancellationToken.None));

        Assert.NotEmpty(ended.Message.Parts.OfType<TextPart>());
        Assert.IsType<SessionIndexActor.Found>(await Sessions.AskAsync(new SessionIndexActor.Get(session), CancellationToken.None));
        Assert.Empty(Assert.IsType<SessionIndexActor.Statuses>(await Sessions.AskAsync(new SessionIndexActor.ListStatus(), CancellationToken.None)).BySession);
        Assert.IsType<SessionActor.Deleted>(await Sessions.AskAsync(new SessionIndexActor.Delete(session), CancellationToken.None));
        Assert.IsType<SessionNotFound>(await Sessions.AskAsync(session, new SessionActor.GetMessages(), CancellationToken.None));
    }

    [SkippableFact]
    public async Task A_server_that_stops_closes_its_turns_and_ends_their_commands_within_its_time()
    {
        Skip.IfNot(OperatingSystem.IsLinux());
        var session = await CreateAsync();
        var turns = new List<Task<object>>();
        for (var i = 0; i < 5; i++)
        {
            var id = i == 0 ? session : await CreateAsync();
            var accepted = Assert.IsType<SessionActor.Accepted>(
                await Sessions.AskAsync(id, new SessionActor.RunShell(new Shell($"trap '' TERM; echo $$ > {_folder}/pid{i}; sleep 1000", "build")), CancellationToken.None));
            turns.Add(Sessions.AwaitTurnAsync(id, accepted.Turn, CancellationToken.None));
        }

        while (Enumerable.Range(0, 5).Any(i => !File.Exists($"{_folder}/pid{i}")))
            await Task.Delay(20);
        var began = Stopwatch.GetTimestamp();
        await StopAsync();

        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0, 4);
        foreach (var turn in await Task.WhenAll(turns))
            Assert.Equal("MessageAbortedError", Assert.IsType<AssistantMessage>(Assert.IsType<SessionActor.TurnEnded>(turn).Message.Info).Error!.Name);
        Assert.All(Enumerable.Range(0, 5), i => Assert.False(Directory.Exists($"/proc/{File.ReadAllText($"{_folder}/pid{i}").Trim()}")));
        Assert.IsType<Unavailable>(await Sessions.AskAsync(session, new SessionActor.GetMessages(), CancellationToken.None));
    }

    [Fact]
    public async Task Many_clients_at_once_are_all_served()
    {
        var sessions = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => CreateAsync()));

        await Task.WhenAll(sessions.Select(async session =>
        {
            var accepted = Assert.IsType<SessionActor.Accepted>(await Sessions.AskAsync(session, Prompt("hello"), CancellationToken.None));
            Assert.IsType<SessionActor.TurnEnded>(await Sessions.AwaitTurnAsync(session, accepted.Turn, CancellationToken.None));
        }));

        var listed = Assert.IsType<SessionIndexActor.Listed>(await Sessions.AskAsync(new SessionIndexActor.List(new SessionQuery()), CancellationToken.None));
        Assert.Equal(sessions.ToHashSet(), listed.Entries.Select(entry => entry.Id).ToHashSet());
    }

    private static SessionActor.Prompt Prompt(string text) => new(new Prompt([new TextPromptPart(text)]));

    private async Task<SessionId> CreateAsync() => Assert.IsType<SessionActor.Created>(await Sessions.CreateAsync(Place, new CreateSession(), CancellationToken.None)).Info.Id;

    private Task<Done> StopAsync() => CoordinatedShutdown.Get(_host.Services.GetRequiredService<ActorSystem>()).Run(CoordinatedShutdown.ClrExitReason.Instance);

    private sealed class EmbeddedOnly : IModelCatalog
    {
        private readonly ResolvedModel _model = new(EmbeddedModel.ProviderId, EmbeddedModel.ModelId, new EmbeddedModel(TimeProvider.System));

        public ResolvedModel Default => _model;

        public IReadOnlyList<ProviderInfo> Providers => [EmbeddedModel.Provider];

        public bool TryResolve(string providerId, string modelId, [NotNullWhen(true)] out ResolvedModel? model)
        {
            model = _model;
            return true;
        }
    }
}
