namespace Connectivity.Aws.Tests;

public sealed class ArnTests
{
    [Fact]
    public void Thing_arn_has_region_account_and_name() =>
        Arn.Thing("eu-west-1", "123456789012", "site:7_pump-1")
            .ShouldBe("arn:aws:iot:eu-west-1:123456789012:thing/site:7_pump-1");

    [Fact]
    public void Index_arn_has_region_account_and_name() =>
        Arn.Index("us-east-1", "000000000000", "AWS_Things")
            .ShouldBe("arn:aws:iot:us-east-1:000000000000:index/AWS_Things");
}
