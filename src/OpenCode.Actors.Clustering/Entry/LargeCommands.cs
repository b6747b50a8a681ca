using System.Runtime.Serialization;
using System.Text;
using OpenCode.Actors.Clustering.Wire;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Sessions.Commands;

namespace OpenCode.Actors.Clustering.Entry;

/// <summary>Commands that are too large for a message between nodes: they travel as a row, and the message names the row.</summary>
/// <param name="bodies">The rows.</param>
internal sealed class LargeCommands(ILargeBodies bodies)
{
    /// <summary>How large a command may be that travels in a message, in bytes. A frame of Akka's remoting holds 1 MiB, and what is larger is dropped with a line in its log.</summary>
    public const int MaxMessageBytes = 256 * 1024;

    /// <summary>Makes the content of the row: the manifest of the command, and its bytes to the end.</summary>
    public static byte[] Pack(string manifest, byte[] command)
    {
        using var buffer = new MemoryStream(command.Length + 64);
        using (var writer = new BinaryWriter(buffer, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(manifest);
            writer.Write(command);
        }

        return buffer.ToArray();
    }

    /// <summary>Stores a command until the session has committed its effect, or for 15 minutes.</summary>
    /// <exception cref="ArbiterAwayException">The database does not answer. Nothing was stored, or the same can be stored again.</exception>
    public async Task StoreAsync(string key, byte[] packed, CancellationToken cancellationToken) => await bodies.PutAsync(key, packed, cancellationToken);

    /// <summary>Reads a command on the node of its session, and leaves it there: a copy of the message may come again.</summary>
    /// <returns>The command; null when there is none under the key (any more).</returns>
    /// <exception cref="ArbiterAwayException">The database does not answer.</exception>
    /// <exception cref="SerializationException">It is no command that this version knows.</exception>
    public async Task<ISessionCommand?> ReadAsync(NamedByReference reference, CancellationToken cancellationToken) =>
        await bodies.ReadAsync(reference.Key, cancellationToken) is { } packed ? Unpack(packed.ToArray()) : null;

    private static ISessionCommand Unpack(byte[] packed)
    {
        var (manifest, command) = Split(packed);
        var read = SessionMessageSerializer.Read(command, manifest);
        return read as ISessionCommand ?? throw new SerializationException($"A {read.GetType().Name} is no command of a session.");
    }

    private static (string Manifest, byte[] Command) Split(byte[] packed)
    {
        using var reader = new BinaryReader(new MemoryStream(packed, writable: false), Encoding.UTF8);
        try
        {
            return (reader.ReadString(), reader.ReadBytes(packed.Length));
        }
        catch (Exception e) when (e is IOException or FormatException)
        {
            throw new SerializationException($"A row of {packed.Length} bytes holds no command: {e.Message}", e);
        }
    }
}
