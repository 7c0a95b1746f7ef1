using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Connectivity.Domain.Lifecycle;

namespace Connectivity.Projections.StoredForm;

/// <summary>Writes many events and records, each as the text of its stored form, with one buffer.</summary>
internal sealed class StoredJsonText : IDisposable
{
    // PostgreSQL reads UTF-8: what HTML or scripts would need is not escaped.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Utf8JsonWriter _writer;

    public StoredJsonText() => _writer = new Utf8JsonWriter(_buffer, Options);

    public string Of(LifecycleEvent lifecycleEvent, bool isLate)
    {
        StoredEventJson.Write(_writer, lifecycleEvent, isLate);
        return Finish();
    }

    public string Of(ConnectivityRecord record)
    {
        StoredRecordJson.Write(_writer, record);
        return Finish();
    }

    public void Dispose() => _writer.Dispose();

    private string Finish()
    {
        _writer.Flush();
        var text = Encoding.UTF8.GetString(_buffer.WrittenSpan);
        _buffer.ResetWrittenCount();
        _writer.Reset();
        return text;
    }
}
