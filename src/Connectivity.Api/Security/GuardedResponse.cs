using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace Connectivity.Api.Security;

/// <summary>
/// A response that takes only errors until its <see cref="Caller"/> was asked for permission: a handler that forgets to
/// ask discloses nothing.
/// </summary>
internal sealed class GuardedResponse(IHttpResponseBodyFeature body, HttpResponse response, Caller caller)
    : IHttpResponseBodyFeature
{
    public Stream Stream => Checked().Stream;

    public PipeWriter Writer => Checked().Writer;

    /// <exception cref="PermissionNotAskedException">It is a success, and the caller was not asked.</exception>
    public void Check()
    {
        if (!caller.WasAsked && response.StatusCode < StatusCodes.Status400BadRequest)
            throw new PermissionNotAskedException();
    }

    public void DisableBuffering() => body.DisableBuffering();

    public Task StartAsync(CancellationToken cancellationToken = default) => Checked().StartAsync(cancellationToken);

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        Checked().SendFileAsync(path, offset, count, cancellationToken);

    public Task CompleteAsync() => Checked().CompleteAsync();

    private IHttpResponseBodyFeature Checked()
    {
        Check();
        return body;
    }
}

/// <summary>The handler of an endpoint answers without having asked whether the caller is allowed its action.</summary>
public sealed class PermissionNotAskedException()
    : InvalidOperationException("The handler answered without having asked for permission.");
