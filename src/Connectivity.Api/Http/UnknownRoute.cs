namespace Connectivity.Api.Http;

/// <summary>Answers paths under <c>/v1</c> without a route, and methods that a path does not have.</summary>
public static class UnknownRoute
{
    public static IResult Handle(HttpContext context, AllowedMethods methods) => methods.TryDeclare(context)
        ? Problems.Of(
            StatusCodes.Status405MethodNotAllowed,
            "This path is not served with this method; the header Allow lists its methods.")
        : Problems.Of(StatusCodes.Status404NotFound, "Nothing is served at this path.");
}
