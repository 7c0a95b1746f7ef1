using Npgsql;
using NpgsqlTypes;

namespace Connectivity.Projections.Database;

/// <summary>Adds a command's positional parameters.</summary>
public static class SqlParameters
{
    /// <param name="values">
    /// In positional order; an <see cref="NpgsqlParameter"/> where the type can't be inferred from the value.
    /// </param>
    public static NpgsqlCommand With(this NpgsqlCommand command, params ReadOnlySpan<object> values)
    {
        foreach (var value in values) command.Parameters.Add(Parameter(value));
        return command;
    }

    /// <inheritdoc cref="With(NpgsqlCommand, ReadOnlySpan{object})"/>
    public static NpgsqlBatchCommand With(this NpgsqlBatchCommand command, params ReadOnlySpan<object> values)
    {
        foreach (var value in values) command.Parameters.Add(Parameter(value));
        return command;
    }

    /// <summary>A parameter that may be null, whose type therefore can't be inferred.</summary>
    public static NpgsqlParameter Nullable(object? value, NpgsqlDbType type) =>
        new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };

    private static NpgsqlParameter Parameter(object value) =>
        value as NpgsqlParameter ?? new NpgsqlParameter { Value = value };
}
