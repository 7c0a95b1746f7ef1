using JasperFx;
using JasperFx.CommandLine;
using Spectre.Console;

namespace Connectivity.Api.Commands;

/// <summary>The commands of the host and those of its libraries, by JasperFx.</summary>
public static class CommandLine
{
    /// <summary>What follows is a value, though it may begin with a hyphen: POSIX utility conventions, guideline 10.</summary>
    private const string EndOfOptions = "--";

    /// <summary>Stands before a value that begins with a hyphen, so that the library does not take it for a flag.</summary>
    private const char Mark = '\u0001';

    /// <summary>Whether the arguments are a command; without one the host serves.</summary>
    public static bool IsCommand(string[] args) => args is [[not '-', ..], ..];

    /// <returns>The exit code: 0 where the command succeeded.</returns>
    public static Task<int> RunAsync(IHost host, string[] args)
    {
        // The answer of a command is alone on the standard output; what the library prints beside it is not.
        if (args[0] != "help")
            AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        // The library prints each assembly that it searches for commands, until extensions have been applied once.
        new CommandFactory().ApplyExtensions(new ServiceCollection());
        return host.RunJasperFxCommands(Marked(args));
    }

    /// <summary>The argument as it was typed.</summary>
    internal static string? Value(string? argument) => argument?.TrimStart(Mark);

    private static string[] Marked(string[] args)
    {
        var end = Array.IndexOf(args, EndOfOptions);
        return end < 0 ? args : [.. args[..end], .. args[(end + 1)..].Select(value => value.StartsWith('-') ? Mark + value : value)];
    }
}
