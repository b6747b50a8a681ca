using System.Text;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.Changes;

namespace OpenCode.Actors.Tests.Sessions.Tools.Changes;

public sealed class FileTextTests
{
    public static TheoryData<byte[]> Contents { get; } =
    [
        [],
        "plain\r\nü🙂\n"u8.ToArray(),
        [0xEF, 0xBB, 0xBF, (byte)'a', (byte)'\r', (byte)'\n'],
        [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("aü🙂\n")],
        [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes("aü🙂\n")],
    ];

    [Theory]
    [MemberData(nameof(Contents))]
    public void A_file_comes_back_byte_for_byte(byte[] content)
    {
        var file = FileText.Of("/f", content);

        Assert.Equal(content, file.Bytes(file.Text));
    }

    [Theory]
    [InlineData(new byte[] { (byte)'a', 0, (byte)'b' })]
    [InlineData(new byte[] { (byte)'f', 0xFC, (byte)'r' })] // Latin-1
    [InlineData(new byte[] { 0xFF, 0xFE, 0x00, 0xD8, 0x61, 0x00 })] // half a surrogate pair
    public void What_would_be_damaged_is_refused(byte[] content) =>
        Assert.Contains("no UTF-8 text", Assert.Throws<ToolRefusedException>(() => FileText.Of("/f", content)).Message, StringComparison.Ordinal);
}
