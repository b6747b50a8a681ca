using System.Globalization;
using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

[assembly: TestFramework("OpenCode.Actors.Tests.TestKit.RepeatingFramework", "OpenCode.Actors.Tests")]

namespace OpenCode.Actors.Tests.TestKit;

/// <summary>The test framework of this project: xunit's. <c>OPENCODE_ACTORS_REPEAT_TESTS=300</c> runs each selected test 300 times in one process, to find a test that fails now and then.</summary>
public sealed class RepeatingFramework(IMessageSink messages) : XunitTestFramework(messages)
{
    protected override ITestFrameworkExecutor CreateExecutor(AssemblyName assemblyName) => new Executor(assemblyName, SourceInformationProvider, DiagnosticMessageSink);

    private sealed class Executor(AssemblyName assembly, ISourceInformationProvider sources, IMessageSink messages) : XunitTestFrameworkExecutor(assembly, sources, messages)
    {
        protected override void RunTestCases(IEnumerable<IXunitTestCase> testCases, IMessageSink executionMessageSink, ITestFrameworkExecutionOptions executionOptions)
        {
            var repeats = int.TryParse(Environment.GetEnvironmentVariable("OPENCODE_ACTORS_REPEAT_TESTS"), CultureInfo.InvariantCulture, out var times) ? times : 1;
            base.RunTestCases(Enumerable.Repeat(testCases, repeats).SelectMany(static cases => cases), executionMessageSink, executionOptions);
        }
    }
}
