using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>Has the kernel drop each packet that comes for a socket, without a word to whoever sent it: to the other end it looks as if the cable was pulled.</summary>
/// <remarks>A filter of socket(7), which needs no rights. What is dropped is not confirmed either, as it would be by a process that only stands still.</remarks>
internal static class DeafSocket
{
    private const int Level = 1; // SOL_SOCKET
    private const int AttachFilter = 26;
    private const int DetachFilter = 27;

    // One instruction: return 0, which is how many bytes of the packet are kept.
    private const ulong KeepNothing = 0x06;

    /// <summary>Has it hear nothing from now on, if it is still open; a listening one takes no connections.</summary>
    public static void Make(Socket socket)
    {
        if (socket.SafeHandle.IsClosed)
            return;

        var instruction = KeepNothing;
        unsafe
        {
            var program = new Program { Length = 1, Instructions = (nint)(&instruction) };
            socket.SetRawSocketOption(Level, AttachFilter, MemoryMarshal.AsBytes(new ReadOnlySpan<Program>(in program)));
        }
    }

    /// <summary>Lets packets in again, if it is still open.</summary>
    public static void Cure(Socket socket)
    {
        if (!socket.SafeHandle.IsClosed)
            socket.SetRawSocketOption(Level, DetachFilter, BitConverter.GetBytes(0));
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Program
    {
        public ushort Length;
        public nint Instructions;
    }
}
