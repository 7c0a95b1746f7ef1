using JasperFx;
using JasperFx.CommandLine;
using Spectre.Console;

namespace Connectivity.Api.Commands;

/// <summary>Runs the commands of the host and of its libraries with JasperFx.</summary>
public static class CommandLine
{
    /// <summary>Only values follow it, even with a hyphen: POSIX utility conventions, guideline 10.</summary>
    private const string EndOfOptions = "--";

    /// <summary>Prefixed to a value that begins with a hyphen, so that JasperFx does not parse it as a flag.</summary>
    private const char Mark = '\u0001';

    /// <summary>Whether the arguments name a command; without one the host serves requests.</summary>
    public static bool IsCommand(string[] args) => args is [[not '-', ..], ..];

    /// <returns>The exit code: 0 where the command succeeded.</returns>
    public static Task<int> RunAsync(IHost host, string[] args)
    {
        // Standard output contains only the answer of the command; what JasperFx prints goes to standard error.
        if (args[0] != "help")
            AnsiConsole.Console = AnsiConsole.Create(
                new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        // Until extensions are applied, JasperFx prints each assembly that it searches for commands.
        new CommandFactory().ApplyExtensions(new ServiceCollection());
        return host.RunJasperFxCommands(Marked(args));
    }

    /// <summary>The argument as it was typed.</summary>
    internal static string? Value(string? argument) => argument?.TrimStart(Mark);

    private static string[] Marked(string[] args)
    {
        var end = Array.IndexOf(args, EndOfOptions);
        if (end < 0) return args;
        var values = args[(end + 1)..].Select(value => value.StartsWith('-') ? Mark + value : value);
        return [.. args[..end], .. values];
    }
}
