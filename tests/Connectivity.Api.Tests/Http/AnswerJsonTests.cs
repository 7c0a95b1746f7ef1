using Connectivity.Api.Http;

namespace Connectivity.Api.Tests.Http;

public sealed class AnswerJsonTests
{
    [Fact]
    public void Json_options_are_complete_before_the_first_concurrent_answers() =>
        AnswerJson.Options.IsReadOnly.ShouldBeTrue();
}
