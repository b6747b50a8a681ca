using OpenCode.Actors.Benchmarks.Fanout;

return args switch
{
    ["fanout"] => await FanoutBenchmark.RunAsync(),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Usage: dotnet run -c Release --project tests/OpenCode.Actors.Benchmarks -- fanout");
    return 2;
}
