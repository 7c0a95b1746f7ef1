using Connectivity.LocalPostgres.Tests;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

if (args is [HostProcess.Argument, var dataDirectory]) return await HostProcess.RunAsync(dataDirectory);

// Same as xunit's generated entry point.
return args.Any(arg => arg is "--server" or "--internal-msbuild-node")
    ? await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
    : await ConsoleRunner.Run(args);
