using System.CommandLine;
using Connectivity.Api.Hosting;
using Connectivity.Benchmarks.Access;
using Connectivity.Benchmarks.Heart;
using Connectivity.Benchmarks.Heart.Hosting;
using Connectivity.Benchmarks.Micro;
using JasperFx;

// Wolverine looks for generated handlers there, not in the program that started.
JasperFxOptions.RememberedApplicationAssembly = typeof(ConnectivityHost).Assembly;

// The host that a benchmark starts in a process of its own; its arguments are the host's settings.
if (args is [BenchmarkServer.Command, .. var settings]) return await BenchmarkServer.RunAsync(settings);

var filters = new Argument<string[]>("filters") { Description = "names of benchmarks, with asterisks" };
var access = new Command("access", "from a request's arrival to its authorization") { filters };
access.SetAction(parsed => AccessBenchmarks.Run(parsed.GetValue(filters) ?? []) ? 0 : 1);
var micro = new Command("micro", "the parts of ingest that need no database") { filters };
micro.SetAction(parsed => MicroBenchmarks.Run(parsed.GetValue(filters) ?? []) ? 0 : 1);
// Each benchmark measures its floor in the same run: machines are shared, and only the ratio is meaningful.
var root = new RootCommand("Benchmarks of Connectivity")
{
    HeartCommand.Create(), access, micro,
};
return await root.Parse(args).InvokeAsync();
