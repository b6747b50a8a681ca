using OpenCode.Actors.Benchmarks.Fanout;
using OpenCode.Actors.Benchmarks.Kernel;

return args switch
{
    ["fanout"] => await FanoutBenchmark.RunAsync(),
    ["kernel", .. var options] => await KernelBenchmark.RunAsync(options),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Usage: dotnet run -c Release --project tests/OpenCode.Actors.Benchmarks -- fanout | kernel [--quick]");
    return 2;
}
