using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

[assembly: TestFramework("OpenCode.Actors.Tests.TestKit.SideBySideFramework", "OpenCode.Actors.Tests")]

namespace OpenCode.Actors.Tests.TestKit;

/// <summary>The test framework of this project: xunit's, which runs the tests of the collection <see cref="SideBySide"/> a few at a time, after all others.</summary>
public sealed class SideBySideFramework(IMessageSink messages) : XunitTestFramework(messages)
{
    private const int AtATime = 4;

    protected override ITestFrameworkExecutor CreateExecutor(AssemblyName assemblyName) => new Executor(assemblyName, SourceInformationProvider, DiagnosticMessageSink);

    private static async Task<RunSummary> AllAsync<T>(IEnumerable<T> parts, Func<T, Task<RunSummary>> run)
    {
        var total = new RunSummary();
        foreach (var summary in await Task.WhenAll(parts.Select(run)))
            total.Aggregate(summary);
        return total;
    }

    private sealed class Executor(AssemblyName assembly, ISourceInformationProvider sources, IMessageSink diagnostics) : XunitTestFrameworkExecutor(assembly, sources, diagnostics)
    {
        protected override async void RunTestCases(IEnumerable<IXunitTestCase> testCases, IMessageSink executionMessageSink, ITestFrameworkExecutionOptions executionOptions)
        {
            using var runner = new AssemblyRunner(TestAssembly, testCases, DiagnosticMessageSink, executionMessageSink, executionOptions);
            await runner.RunAsync();
        }
    }

    private sealed class AssemblyRunner(
        ITestAssembly assembly, IEnumerable<IXunitTestCase> testCases, IMessageSink diagnostics, IMessageSink execution, ITestFrameworkExecutionOptions options)
        : XunitTestAssemblyRunner(assembly, testCases, diagnostics, execution, options)
    {
        protected override Task<RunSummary> RunTestCollectionAsync(
            IMessageBus messageBus, ITestCollection testCollection, IEnumerable<IXunitTestCase> testCases, CancellationTokenSource cancellationTokenSource) =>
            testCollection.CollectionDefinition?.Name == typeof(SideBySide).FullName
                ? new CollectionRunner(testCollection, testCases, DiagnosticMessageSink, messageBus, TestCaseOrderer, new ExceptionAggregator(Aggregator), cancellationTokenSource).RunAsync()
                : base.RunTestCollectionAsync(messageBus, testCollection, testCases, cancellationTokenSource);
    }

    // Classes, methods and the rows of theories all begin; each case waits for room.
    private sealed class CollectionRunner(
        ITestCollection collection, IEnumerable<IXunitTestCase> testCases, IMessageSink diagnostics, IMessageBus bus, ITestCaseOrderer orderer, ExceptionAggregator aggregator, CancellationTokenSource cancellation)
        : XunitTestCollectionRunner(collection, testCases, diagnostics, bus, orderer, aggregator, cancellation)
    {
        private readonly SemaphoreSlim _room = new(AtATime);

        protected override Task<RunSummary> RunTestClassesAsync() => AllAsync(
            TestCases.GroupBy(static one => one.TestMethod.TestClass, TestClassComparer.Instance),
            of => RunTestClassAsync(of.Key, (IReflectionTypeInfo)of.Key.Class, of));

        protected override Task<RunSummary> RunTestClassAsync(ITestClass testClass, IReflectionTypeInfo @class, IEnumerable<IXunitTestCase> testCases) => new ClassRunner(
            testClass, @class, testCases, DiagnosticMessageSink, MessageBus, TestCaseOrderer, new ExceptionAggregator(Aggregator), CancellationTokenSource, CollectionFixtureMappings, _room).RunAsync();
    }

    private sealed class ClassRunner(
        ITestClass testClass, IReflectionTypeInfo @class, IEnumerable<IXunitTestCase> testCases, IMessageSink diagnostics, IMessageBus bus, ITestCaseOrderer orderer, ExceptionAggregator aggregator,
        CancellationTokenSource cancellation, IDictionary<Type, object> fixtures, SemaphoreSlim room)
        : XunitTestClassRunner(testClass, @class, testCases, diagnostics, bus, orderer, aggregator, cancellation, fixtures)
    {
        protected override Task<RunSummary> RunTestMethodsAsync()
        {
            var arguments = CreateTestClassConstructorArguments();
            return AllAsync(
                TestCases.GroupBy(static one => one.TestMethod, TestMethodComparer.Instance),
                of => RunTestMethodAsync(of.Key, (IReflectionMethodInfo)of.Key.Method, of, arguments));
        }

        protected override Task<RunSummary> RunTestMethodAsync(ITestMethod testMethod, IReflectionMethodInfo method, IEnumerable<IXunitTestCase> testCases, object[] constructorArguments) =>
            new MethodRunner(testMethod, Class, method, testCases, DiagnosticMessageSink, MessageBus, new ExceptionAggregator(Aggregator), CancellationTokenSource, constructorArguments, room).RunAsync();
    }

    private sealed class MethodRunner(
        ITestMethod testMethod, IReflectionTypeInfo @class, IReflectionMethodInfo method, IEnumerable<IXunitTestCase> testCases, IMessageSink diagnostics, IMessageBus bus,
        ExceptionAggregator aggregator, CancellationTokenSource cancellation, object[] constructorArguments, SemaphoreSlim room)
        : XunitTestMethodRunner(testMethod, @class, method, testCases, diagnostics, bus, aggregator, cancellation, constructorArguments)
    {
        protected override Task<RunSummary> RunTestCasesAsync() => AllAsync(TestCases, RunInRoomAsync);

        private async Task<RunSummary> RunInRoomAsync(IXunitTestCase testCase)
        {
            await room.WaitAsync(CancellationTokenSource.Token);
            try
            {
                return await RunTestCaseAsync(testCase);
            }
            finally
            {
                room.Release();
            }
        }
    }
}

/// <summary>Tests in real time that mostly wait: a few of them at a time, and nothing beside, since failure detectors take a starved process for a dead one.</summary>
[CollectionDefinition(nameof(SideBySide), DisableParallelization = true)]
public sealed class SideBySide;
