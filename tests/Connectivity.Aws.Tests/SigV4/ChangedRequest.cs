using System.Text;
using Connectivity.Aws.SigV4;
using CsCheck;

namespace Connectivity.Aws.Tests.SigV4;

/// <summary>A signed request with some changes, some of which take a part of another signed request.</summary>
internal sealed record ChangedRequest(SignedRequest Signed, SignedRequest Other, RequestHead Head, byte[] Body)
{
    /// <summary>Text that some parsers ignore.</summary>
    private static readonly string[] Harmless = ["", " ", "  ", "\t", "&", "/", "./", "=", ","];

    private static readonly Gen<Change> SomeChange = Gen.Select(
        Gen.Frequency(
            (5, Gen.Const(Kind.EditAuthorization)), (5, Gen.Const(Kind.EditTarget)), (3, Gen.Const(Kind.EditHeader)),
            (1, Gen.Const(Kind.EditMethod)), (1, Gen.Const(Kind.EditBody)), (1, Gen.Const(Kind.RenameHeader)),
            (1, Gen.Const(Kind.RemoveHeader)), (1, Gen.Const(Kind.RepeatHeader)), (1, Gen.Const(Kind.AddHeader)),
            (2, Gen.Const(Kind.SwapHeaders)), (1, Gen.Const(Kind.SplitHeader)), (1, Gen.Const(Kind.TakeAuthorization)),
            (1, Gen.Const(Kind.TakeTarget)), (1, Gen.Const(Kind.TakeHeader)), (1, Gen.Const(Kind.TakeBody)),
            (2, Gen.Const(Kind.ShuffleQuery)), (2, Gen.Const(Kind.Escape)), (1, Gen.Const(Kind.Unescape)),
            (2, Gen.Const(Kind.ChangeCase))),
        Gen.Double[0, 1], Gen.Int[0, 4], Gen.OneOf(Gen.OneOf(Harmless), AnyText.Scrap), Gen.Int[0, 20],
        AnyText.HeaderName,
        (kind, at, remove, insert, which, name) => new Change(kind, at, remove, insert, which, name));

    public static readonly Gen<ChangedRequest> Any =
        Gen.Select(SignedRequest.Any, SignedRequest.Any, SomeChange.Array[1, 4], Of);

    /// <summary>Printed by a failing test.</summary>
    public override string ToString() =>
        $"{Print(Signed.Head)}\nbecame\n{Print(Head)}\nwith the body {Encoding.Latin1.GetString(Body)}";

    private static string Print(RequestHead request) =>
        $"{request.Method} {request.Target}\n"
        + string.Join('\n', request.Headers.Select(header => $"{header.Key}: {header.Value}"));

    private enum Kind
    {
        EditAuthorization, EditTarget, EditHeader, EditMethod, EditBody, RenameHeader, RemoveHeader, RepeatHeader,
        AddHeader, SwapHeaders, SplitHeader, TakeAuthorization, TakeTarget, TakeHeader, TakeBody, ShuffleQuery, Escape,
        Unescape, ChangeCase,
    }

    /// <param name="At">The position in the text: 0 is its beginning, 1 its end.</param>
    /// <param name="Which">The index of the header, modulo their number.</param>
    private sealed record Change(Kind Kind, double At, int Remove, string Insert, int Which, string Name)
    {
        public string Edit(string text)
        {
            var at = Position(text);
            return text[..at] + Insert + text[Math.Min(text.Length, at + Remove)..];
        }

        public int Position(string text) => (int)(At * text.Length);
    }

    private static ChangedRequest Of(SignedRequest signed, SignedRequest other, Change[] changes)
    {
        var (method, target, body) = (signed.Head.Method, signed.Head.Target, signed.Body);
        var headers = signed.Head.Headers.ToList();
        foreach (var change in changes)
        {
            var i = headers.Count == 0 ? 0 : change.Which % headers.Count;
            switch (change.Kind)
            {
                case Kind.EditAuthorization:
                    if (headers.FindIndex(IsAuthorization) is >= 0 and var found)
                        headers[found] = new(headers[found].Key, change.Edit(headers[found].Value));
                    else
                        target = change.Edit(target);
                    break;
                case Kind.EditTarget: target = change.Edit(target); break;
                case Kind.EditMethod: method = change.Edit(method); break;
                case Kind.EditBody:
                    body = Encoding.Latin1.GetBytes(change.Edit(Encoding.Latin1.GetString(body)));
                    break;
                case Kind.AddHeader: headers.Insert(i, new(change.Name, change.Insert)); break;
                case Kind.TakeTarget: target = other.Head.Target; break;
                case Kind.TakeBody: body = other.Body; break;
                case Kind.TakeAuthorization:
                    headers.RemoveAll(IsAuthorization);
                    headers.AddRange(other.Head.Headers.Where(IsAuthorization));
                    break;
                case Kind.TakeHeader:
                    var taken = other.Head.Headers[change.Which % other.Head.Headers.Count];
                    headers.RemoveAll(header => header.Key.Equals(taken.Key, StringComparison.OrdinalIgnoreCase));
                    headers.Add(taken);
                    break;
                case Kind.ShuffleQuery: target = Shuffle(target, change.Which); break;
                case Kind.Escape: target = Escape(target, change); break;
                case Kind.Unescape: target = Unescape(target, change); break;
                case Kind.ChangeCase: target = ChangeCase(target, change); break;
                case var kind when headers.Count > 0: ChangeHeader(headers, i, change, kind); break;
            }
        }

        var head = new RequestHead(method, target);
        foreach (var (name, value) in headers) head.Add(name, value);
        return new(signed, other, head, body);

        static bool IsAuthorization(KeyValuePair<string, string> header) =>
            header.Key.Equals("authorization", StringComparison.OrdinalIgnoreCase);
    }

    private static void ChangeHeader(List<KeyValuePair<string, string>> headers, int i, Change change, Kind kind)
    {
        var (name, value) = headers[i];
        switch (kind)
        {
            case Kind.EditHeader: headers[i] = new(name, change.Edit(value)); break;
            case Kind.RenameHeader: headers[i] = new(change.Edit(name), value); break;
            case Kind.RemoveHeader: headers.RemoveAt(i); break;
            case Kind.RepeatHeader: headers.Add(headers[i]); break;
            case Kind.SwapHeaders: (headers[i], headers[^1]) = (headers[^1], headers[i]); break;
            case Kind.SplitHeader when value.Split(',', 2) is [var first, var second]:
                headers[i] = new(name, first);
                headers.Insert(i + 1, new(name, second));
                break;
        }
    }

    private static string Shuffle(string target, int seed)
    {
        var parts = target.Split('?', 2);
        if (parts.Length < 2) return target;
        var parameters = parts[1].Split('&');
        new Random(seed).Shuffle(parameters);
        return $"{parts[0]}?{string.Join('&', parameters)}";
    }

    private static string Escape(string target, Change change)
    {
        var at = change.Position(target);
        return at == target.Length ? target : $"{target[..at]}%{(int)target[at] & 0xFF:X2}{target[(at + 1)..]}";
    }

    private static string Unescape(string target, Change change)
    {
        var at = target.IndexOf('%', change.Position(target));
        if (at < 0 || at + 2 >= target.Length) return target;
        return target[..at] + Uri.UnescapeDataString(target.Substring(at, 3)) + target[(at + 3)..];
    }

    private static string ChangeCase(string target, Change change)
    {
        var at = change.Position(target);
        if (at == target.Length) return target;
        return target[..at] + (char)(target[at] ^ (char.IsAsciiLetter(target[at]) ? 0x20 : 0)) + target[(at + 1)..];
    }
}
