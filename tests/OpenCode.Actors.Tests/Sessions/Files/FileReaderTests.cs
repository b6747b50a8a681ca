using System.Text;
using OpenCode.Actors.Sessions.Files;

namespace OpenCode.Actors.Tests.Sessions.Files;

public sealed class FileReaderTests
{
    private readonly MemoryFiles _files = new();

    [Fact]
    public void A_path_is_read_by_what_it_holds()
    {
        _files
            .Add("/p/a.txt", "one")
            .Add("/p/image.txt", [0x89, .. "PNG\r\n"u8, 0])
            .Add("/p/paper", "%PDF-1.7")
            .Add("/p/wide.txt", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("wide")])
            .Add("/p/program", [0x7F, .. "ELF"u8, 0])
            .Add("/p/empty", "")
            .AddLocked("/p/secret");

        Assert.Equal("1: one\n", Text("/p/a.txt"));
        Assert.Equal("1: wide\n", Text("/p/wide.txt"));
        Assert.Equal("", Text("/p/empty"));
        Assert.Equal("image/png", Assert.IsType<MediaRead>(Read("/p/image.txt")).MimeType);
        Assert.Equal("application/pdf", Assert.IsType<MediaRead>(Read("/p/paper")).MimeType);
        Assert.Contains("binary", Assert.IsType<NotRead>(Read("/p/program")).Reason, StringComparison.Ordinal);
        Assert.Contains("permission denied", Assert.IsType<NotRead>(Read("/p/secret")).Reason, StringComparison.Ordinal);
        Assert.Equal("There is no file /p/none.", Assert.IsType<NotRead>(Read("/p/none")).Reason);
    }

    [Fact]
    public void A_folder_is_listed_by_name_with_a_mark_for_folders()
    {
        _files.Add("/p/b.txt").Add("/p/a/x").Add("/p/C");

        Assert.Equal("C\na/\nb.txt\n", Assert.IsType<FolderRead>(Read("/p")).Listing.Lines);
    }

    [Fact]
    public void A_large_folder_is_listed_in_part()
    {
        for (var n = 0; n <= FolderListing.MostNames; n++)
            _files.Add($"/p/{n:d5}");

        var listing = Assert.IsType<FolderRead>(Read("/p")).Listing;

        Assert.Equal(FolderListing.MostNames, listing.Count);
        Assert.Contains("there are more", listing.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_that_is_too_large_is_not_read()
    {
        _files.Add("/p/huge.png", [0x89, .. "PNG"u8, .. new byte[FileReader.MostMediaBytes]]);

        Assert.Contains("too large", Assert.IsType<NotRead>(Read("/p/huge.png")).Reason, StringComparison.Ordinal);
    }

    private FileRead Read(string path) => FileReader.Read(_files, path);

    private string Text(string path) => Assert.IsType<TextRead>(Read(path)).Text.Lines;
}
