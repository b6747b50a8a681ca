using System.Runtime.Serialization;
using System.Text;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Region;

namespace OpenCode.Actors.Clustering.Wire;

/// <summary>Messages that hold another message: a text, the manifest of what is inside, and its bytes to the end.</summary>
internal static class Envelope
{
    public static byte[] Of(Deliver message) => Write(message.SessionId.Value, message.Command);

    public static byte[] Of(Named message) => Write(message.Name, message.Command);

    public static Deliver ReadDeliver(byte[] bytes)
    {
        var (id, command) = Read(bytes);
        return new Deliver(SessionId.TryParse(id, out var session) ? session : throw new SerializationException($"'{id}' is no id of a session."), command);
    }

    public static Named ReadNamed(byte[] bytes)
    {
        var (name, command) = Read(bytes);
        return new Named(name, command as ISessionCommand ?? throw new SerializationException($"A {command.GetType().Name} is no command of a session."));
    }

    private static byte[] Write(string text, object inside)
    {
        var kind = MessageKinds.Of(inside) ?? throw new SerializationException($"{inside.GetType()} does not cross nodes.");
        var bytes = kind.Write(inside);
        using var buffer = new MemoryStream(bytes.Length + 128);
        using (var writer = new BinaryWriter(buffer, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(text);
            writer.Write(kind.Manifest);
            writer.Write(bytes);
        }

        return buffer.ToArray();
    }

    private static (string Text, object Inside) Read(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes, writable: false), Encoding.UTF8);
        var text = reader.ReadString();
        var manifest = reader.ReadString();
        return (text, SessionMessageSerializer.Read(reader.ReadBytes(bytes.Length), manifest));
    }
}
