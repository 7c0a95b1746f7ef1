using Connectivity.Api.Http;

namespace Connectivity.Api.Tests.Http;

public sealed class AnswerJsonTests
{
    [Fact]
    public void The_options_are_complete_before_the_first_answers_which_may_come_at_once() => AnswerJson.Options.IsReadOnly.ShouldBeTrue();
}
