using System.Globalization;
using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

[assembly: TestFramework("OpenCode.Actors.Tests.TestKit.SideBySideFramework", "OpenCode.Actors.Tests")]

namespace OpenCode.Actors.Tests.TestKit;

/// <summary>The test framework of this project: xunit's, which runs the tests of the collection <see cref="SideBySide"/> a few at a time, after all others.</summary>
/// <remarks><c>OPENCODE_ACTORS_REPEAT_TESTS=300</c> runs each selected test 300 times in one process, to find a test that fails now and then.</remarks>
public sealed class SideBySideFramework(IMessageSink messages) : XunitTestFramework(messages)
{
    private const int AtATime = 2;

    protected override ITestFrameworkExecutor CreateExecutor(AssemblyName assemblyName) => new Executor(assemblyName, SourceInformationProvider, DiagnosticMessageSink);

    private sealed class Executor(AssemblyName assembly, ISourceInformationProvider sources, IMessageSink messages) : XunitTestFrameworkExecutor(assembly, sources, messages)
    {
        protected override async void RunTestCases(IEnumerable<IXunitTestCase> testCases, IMessageSink executionMessageSink, ITestFrameworkExecutionOptions executionOptions)
        {
            var repeats = int.TryParse(Environment.GetEnvironmentVariable("OPENCODE_ACTORS_REPEAT_TESTS"), CultureInfo.InvariantCulture, out var times) ? times : 1;
            var repeated = Enumerable.Repeat(testCases, repeats).SelectMany(static cases => cases);
            using var runner = new AssemblyRunner(TestAssembly, repeated, DiagnosticMessageSink, executionMessageSink, executionOptions);
            await runner.RunAsync();
        }
    }

    private sealed class AssemblyRunner(
        ITestAssembly assembly, IEnumerable<IXunitTestCase> testCases, IMessageSink diagnostics, IMessageSink execution, ITestFrameworkExecutionOptions options)
        : XunitTestAssemblyRunner(assembly, testCases, diagnostics, execution, options)
    {
        protected override async Task<RunSummary> RunTestCollectionAsync(
            IMessageBus messageBus, ITestCollection testCollection, IEnumerable<IXunitTestCase> testCases, CancellationTokenSource cancellationTokenSource)
        {
            if (testCollection.CollectionDefinition?.Name != typeof(SideBySide).FullName)
                return await base.RunTestCollectionAsync(messageBus, testCollection, testCases, cancellationTokenSource);

            using var room = new SemaphoreSlim(AtATime);
            using var once = new Once(messageBus);
            var total = new RunSummary();
            foreach (var summary in await Task.WhenAll(testCases.Select(RunOneAsync)))
                total.Aggregate(summary);
            return total;

            async Task<RunSummary> RunOneAsync(IXunitTestCase testCase)
            {
                await room.WaitAsync(cancellationTokenSource.Token);
                try
                {
                    return await base.RunTestCollectionAsync(once, testCollection, [testCase], cancellationTokenSource);
                }
                finally
                {
                    room.Release();
                }
            }
        }
    }

    // Each test runs as a collection of its own. Who listens wants to hear of collection, classes and methods once; that they are over it hears with the assembly.
    private sealed class Once(IMessageBus bus) : IMessageBus
    {
        private readonly HashSet<(Type Kind, string Name)> _begun = [];

        public bool QueueMessage(IMessageSinkMessage message) => message switch
        {
            ITestMethodStarting m => !IsNew(m, $"{m.TestClass.Class.Name}.{m.TestMethod.Method.Name}") || bus.QueueMessage(m),
            ITestClassStarting m => !IsNew(m, m.TestClass.Class.Name) || bus.QueueMessage(m),
            ITestCollectionStarting m => !IsNew(m, m.TestCollection.DisplayName) || bus.QueueMessage(m),
            ITestMethodFinished or ITestClassFinished or ITestCollectionFinished => true,
            _ => bus.QueueMessage(message),
        };

        public void Dispose()
        {
        }

        private bool IsNew(IMessageSinkMessage message, string name)
        {
            lock (_begun)
                return _begun.Add((message.GetType(), name));
        }
    }
}

/// <summary>Tests in real time that mostly wait: a few of them at a time, and nothing beside, since failure detectors take a starved process for a dead one. No fixtures of classes.</summary>
[CollectionDefinition(nameof(SideBySide), DisableParallelization = true)]
public sealed class SideBySide;
