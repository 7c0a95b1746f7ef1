using System.Reflection;
using Microsoft.AspNetCore.Mvc;

namespace Connectivity.Api.Http;

/// <summary>
/// Refuses a request with a query parameter that its operation does not have: a misspelt one would be ignored, and the
/// answer be that of another question.
/// </summary>
public static class KnownParameters
{
    public static EndpointFilterDelegate Filter(EndpointFilterFactoryContext context, EndpointFilterDelegate next)
    {
        var known = context.MethodInfo.GetParameters().Where(IsSimple)
            .Select(parameter => parameter.Name!).ToHashSet(StringComparer.Ordinal);
        return invocation =>
            invocation.HttpContext.Request.Query.Keys
                .FirstOrDefault(name => !known.Contains(name) && !IsOfSignature(name)) is { } unknown
                ? ValueTask.FromResult<object?>(Problems.Of(
                    StatusCodes.Status400BadRequest,
                    $"{Shown(unknown)} is no parameter of this operation; it has {Listed(known)}."))
                : next(invocation);
    }

    /// <summary>A presigned request has its signature in the query string.</summary>
    private static bool IsOfSignature(string name) => name.StartsWith("X-Amz-", StringComparison.Ordinal);

    private static bool IsSimple(ParameterInfo parameter)
    {
        if (parameter.GetCustomAttribute<FromHeaderAttribute>() is not null) return false;
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        return type.IsPrimitive || type == typeof(string) || type == typeof(string[]);
    }

    /// <summary>A name as it may stand in an answer.</summary>
    private static string Shown(string name) =>
        name.Length is > 0 and <= 64 && name.All(char.IsAsciiLetterOrDigit) ? name : "A name in the query string";

    private static string Listed(IReadOnlyCollection<string> names) =>
        names.Count == 0 ? "none" : string.Join(", ", names.Order(StringComparer.Ordinal));
}
