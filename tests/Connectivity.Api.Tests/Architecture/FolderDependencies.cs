using System.Text.RegularExpressions;
using Connectivity.Api.Tests.Fixtures;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Connectivity.Api.Tests.Architecture;

/// <summary>
/// The dependencies between the folders of a project: read from its compiled code (signatures, attributes and method
/// bodies), and from the using directives of its sources, as the compiler leaves no trace of a constant.
/// </summary>
internal sealed partial class FolderDependencies
{
    /// <summary>The folder of the types in the project's own directory.</summary>
    private const string ProjectDirectory = ".";

    /// <summary>Each dependency once, with the types of one of its uses.</summary>
    private readonly Dictionary<(string From, string To), string> _uses = [];

    private FolderDependencies()
    {
    }

    /// <summary>Each folder and the folders it uses, as lines of <c>From -> To</c>.</summary>
    public IEnumerable<string> All => _uses.Keys.Select(use => $"{use.From} -> {use.To}");

    /// <summary>The dependencies that are part of a cycle.</summary>
    public IEnumerable<string> InCircles =>
        _uses.Where(use => Reaches(use.Key.To, use.Key.From, []))
            .Select(use => $"{use.Key.From} -> {use.Key.To}: {use.Value}");

    public static FolderDependencies Of(string project)
    {
        var dependencies = new FolderDependencies();
        dependencies.AddCompiled(System.Reflection.Assembly.Load(project).Location);
        dependencies.AddUsingDirectives(project);
        return dependencies;
    }

    private void AddUsingDirectives(string project)
    {
        var directory = Path.Combine(Build.SourceDirectory, project);
        foreach (var file in Directory.EnumerateFiles(directory, "*.cs", SearchOption.AllDirectories))
        {
            var source = File.ReadAllText(file);
            if (FolderOf(Namespace().Match(source).Groups[1].Value, project) is not { } from) continue;
            foreach (Match used in UsingDirective().Matches(source))
                if (FolderOf(used.Groups[1].Value, project) is { } to && from != to)
                    _uses.TryAdd((from, to), $"{Path.GetFileName(file)} uses {used.Groups[1].Value}");
        }
    }

    private void AddCompiled(string assemblyFile)
    {
        using var module = ModuleDefinition.ReadModule(assemblyFile);
        foreach (var type in module.Types.SelectMany(WithNested))
            foreach (var used in UsedBy(type).SelectMany(Parts).Where(used => used.Scope == module))
                if (Folder(type) is { } from && Folder(used) is { } to && from != to)
                    _uses.TryAdd((from, to), $"{type.Name} uses {used.Name}");

        string? Folder(TypeReference type)
        {
            while (type.DeclaringType is { } outer) type = outer;
            return FolderOf(type.Namespace, module.Assembly.Name.Name);
        }
    }

    private static string? FolderOf(string name, string project) => name == project ? ProjectDirectory
        : name.StartsWith(project + ".", StringComparison.Ordinal) ? name[(project.Length + 1)..].Split('.')[0]
        : null;

    private bool Reaches(string from, string target, HashSet<string> visited) => from == target
        || (visited.Add(from) && _uses.Keys.Any(use => use.From == from && Reaches(use.To, target, visited)));

    private static IEnumerable<TypeDefinition> WithNested(TypeDefinition type) =>
        [type, .. type.NestedTypes.SelectMany(WithNested)];

    private static IEnumerable<TypeReference?> UsedBy(TypeDefinition type) =>
    [
        type.BaseType,
        .. type.Interfaces.Select(implemented => implemented.InterfaceType),
        .. type.Fields.Select(field => field.FieldType),
        .. type.CustomAttributes.Select(attribute => attribute.AttributeType),
        .. type.Methods.SelectMany(UsedBy),
    ];

    private static IEnumerable<TypeReference?> UsedBy(MethodDefinition method) =>
    [
        method.ReturnType,
        .. method.Parameters.Select(parameter => parameter.ParameterType),
        .. method.HasBody ? method.Body.Variables.Select(variable => variable.VariableType) : [],
        .. method.HasBody ? method.Body.ExceptionHandlers.Select(handler => handler.CatchType) : [],
        .. method.HasBody ? method.Body.Instructions.SelectMany(UsedBy) : [],
    ];

    private static IEnumerable<TypeReference?> UsedBy(Instruction instruction) => instruction.Operand switch
    {
        TypeReference type => [type],
        FieldReference field => [field.DeclaringType],
        GenericInstanceMethod method => [method.DeclaringType, method.ReturnType, .. method.GenericArguments],
        MethodReference method => [method.DeclaringType, method.ReturnType],
        _ => [],
    };

    private static IEnumerable<TypeReference> Parts(TypeReference? type) => type switch
    {
        null or GenericParameter => [],
        GenericInstanceType generic => [.. Parts(generic.ElementType), .. generic.GenericArguments.SelectMany(Parts)],
        TypeSpecification specification => Parts(specification.ElementType),
        _ => [type],
    };

    [GeneratedRegex(@"^namespace ([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^using (?:static )?([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex UsingDirective();
}
