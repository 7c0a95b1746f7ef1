using Connectivity.Access.Limits;
using Connectivity.Api.Changes;
using Connectivity.Api.Database;
using Connectivity.Api.Gateway;
using Connectivity.Api.Ingest;
using Connectivity.Api.Lifetime;
using Connectivity.Api.Security;
using Connectivity.Domain;
using Connectivity.Gateway.Configuration;

namespace Connectivity.Api.Hosting;

/// <summary>The settings of the section <c>Connectivity</c>; each group is bound to its own options type.</summary>
public sealed class ConnectivityOptions
{
    public const string Section = "Connectivity";

    /// <summary>The account that requests and devices belong to: twelve digits.</summary>
    public string Account { get; init; } = "000000000000";

    public string Region { get; init; } = "us-east-1";

    public CertificateOptions Tls { get; init; } = new();

    public ThrottlingOptions Throttling { get; init; } = new();

    public BodyOptions Bodies { get; init; } = new();

    public IngestOptions Ingest { get; init; } = new();

    public StreamOptions Streams { get; init; } = new();

    public DatabaseOptions Database { get; private set; } = new();

    public SecurityOptions Security { get; private set; } = new();

    public MqttOptions Mqtt { get; private set; } = new();

    public GatewayOptions Gateway { get; private set; } = new();

    public Account AccountAndRegion => new(Account, Region);

    /// <exception cref="StartupException">
    /// A setting has the wrong type or is out of its range; the message names all settings that are out of range.
    /// </exception>
    public static ConnectivityOptions Read(IConfiguration configuration)
    {
        try
        {
            var section = configuration.GetSection(Section);
            var options = Bind<ConnectivityOptions>(section);
            options.Database = Bind<DatabaseOptions>(section);
            options.Security = Bind<SecurityOptions>(section);
            options.Mqtt = Bind<MqttOptions>(section.GetSection("Mqtt"));
            options.Gateway = Bind<GatewayOptions>(section.GetSection("Mqtt"));
            options.Gateway = options.Gateway with
            {
                SpillDirectory = options.Gateway.SpillDirectory
                    ?? Path.Combine(Path.GetFullPath(options.Database.DataDirectory), "gateway-spill"),
            };
            var errors = options.Validate().ToList();
            return errors.Count == 0 ? options : throw new StartupException(string.Join(Environment.NewLine, errors));
        }
        catch (InvalidOperationException exception)
        {
            // The binder's message names the setting and its value.
            throw new StartupException(exception.Message, exception);
        }
    }

    public void AddTo(IServiceCollection services)
    {
        services.AddSingleton(AccountAndRegion);
        services.AddSingleton(Database);
        services.AddSingleton(Security);
        services.AddSingleton(Tls);
        services.AddSingleton(Throttling);
        services.AddSingleton(Bodies);
        services.AddSingleton(Ingest);
        services.AddSingleton(Streams);
        services.AddSingleton(Mqtt);
        services.AddSingleton(Gateway);
    }

    private static T Bind<T>(IConfiguration section)
        where T : new() => section.Get<T>() ?? new T();

    private IEnumerable<string> Validate()
    {
        if (!Domain.Account.IsId(Account))
            yield return "Connectivity:Account must be twelve digits";
        if (Region.Length is 0 or > 32 || !Region.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            yield return "Connectivity:Region must be a region's name, such as us-east-1";
        foreach (var error in Security.Validate()) yield return error;
        foreach (var error in Tls.Validate()) yield return error;
        foreach (var error in Throttling.Validate()) yield return error;
        foreach (var error in Bodies.Validate()) yield return error;
        foreach (var error in Ingest.Validate()) yield return error;
        foreach (var error in Streams.Validate()) yield return error;
        foreach (var error in Mqtt.Validate()) yield return error;
        foreach (var error in Gateway.Validate(hasCertificate: Tls.CertificateFile is not null))
            yield return $"Connectivity:Mqtt:{error}";
    }
}
