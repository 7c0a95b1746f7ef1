using Connectivity.Aws.Policies;

namespace Connectivity.Aws.Tests.Policies;

/// <summary>The message of a denial.</summary>
public sealed class AccessDenialTests
{
    private const string Ann = "arn:aws:iam::123456789012:user/ann";
    private const string NotAuthorized =
        "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: iot:DescribeThing "
        + "on resource: arn:aws:iot:us-east-1:123456789012:thing/pump-1 ";

    private static readonly AccessRequest Request =
        new("iot:DescribeThing", "arn:aws:iot:us-east-1:123456789012:thing/pump-1", new RequestContext());

    private static AwsError? Denial(string statements)
    {
        var policy = Policy.Attached("guard", $$"""{"Version": "2012-10-17", "Statement": {{statements}}}""");
        return AccessDenial.Of(PolicyEvaluation.Decide([policy], Request), Ann, Request);
    }

    [Fact]
    public void An_allowed_request_has_no_error() =>
        Denial("""{"Effect": "Allow", "Action": "*", "Resource": "*"}""").ShouldBeNull();

    [Fact]
    public void The_denial_of_a_request_that_nothing_allows_names_the_action()
    {
        var denial = Denial("""{"Effect": "Allow", "Action": "iot:ListThings", "Resource": "*"}""").ShouldNotBeNull();
        (denial.Code, denial.Status).ShouldBe(("AccessDeniedException", 403));
        denial.Message.ShouldBe(NotAuthorized + "because no identity-based policy allows the iot:DescribeThing action");
    }

    [Fact]
    public void An_explicit_denial_names_the_policy_and_the_sid() =>
        Denial("""{"Sid": "NoReads", "Effect": "Deny", "Action": "iot:*", "Resource": "*"}""")?.Message
            .ShouldBe(NotAuthorized + "with an explicit deny in an identity-based policy: guard, statement NoReads");

    [Fact]
    public void An_explicit_denial_without_a_sid_names_the_number_of_the_statement() =>
        Denial(
            """
            [
              {"Effect": "Allow", "Action": "*", "Resource": "*"},
              {"Effect": "Deny", "Action": "iot:*", "Resource": "*"}
            ]
            """)?.Message.ShouldBe(
            NotAuthorized + "with an explicit deny in an identity-based policy: guard, statement 2");
}
