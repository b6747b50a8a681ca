using System.Runtime.InteropServices;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Sessions.Attachments;

namespace OpenCode.Actors.Tests.Sessions.Attachments;

/// <summary>Files that a model looks at as they are.</summary>
public sealed class AttachedMediaTests
{
    [Fact]
    public void Base64_is_handed_on_as_a_part_of_the_url_and_looked_through_once()
    {
        var part = Image("data:image/png;base64,iVBORw==");

        var media = AttachedMedia.Find(part)!;

        Assert.True(MemoryMarshal.TryGetString(media.Base64, out var text, out _, out _));
        Assert.Same(part.Url, text);
        Assert.Equal("89504E47", Convert.ToHexString(media.Decode().Span));
        Assert.Same(media, AttachedMedia.Find(part));
        Assert.Same(part.Url, media.ToDataUrl());
    }

    [Theory]
    [InlineData("data:image/jpeg;base64,iVBORw==")] // The type of the part counts.
    [InlineData("DATA:image/png;base64,iVBORw==")]
    [InlineData("data:image/png;x=1;base64,iVBORw==")]
    [InlineData("data:image/png;base64,iVBO\r\n Rw==")]
    public void A_url_that_the_apis_may_not_know_is_written_anew(string url) => Assert.Equal("data:image/png;base64,iVBORw==", AttachedMedia.Find(Image(url))!.ToDataUrl());

    [Theory]
    [InlineData("data:image/png;base64,iVBO\r\n Rw==")]
    [InlineData("data:image/png;base64,iVBORw%3D%3D")]
    [InlineData("data:image/png;base64,iVBO%0ARw==")]
    public void What_the_apis_do_not_take_in_base64_is_taken_out(string url) => Assert.Equal("iVBORw==", AttachedMedia.Find(Image(url))!.Base64.ToString());

    [Fact]
    public void Data_that_is_no_base64_is_made_base64() => Assert.Equal("YSBi", AttachedMedia.Find(Image("data:image/png,a%20b"))!.Base64.ToString());

    [Theory]
    [InlineData("data:image/png;base64,iVB")]
    [InlineData("data:image/png")]
    [InlineData("file:///p/x.png")]
    public void What_cannot_be_read_is_not_told(string url) => Assert.Null(AttachedMedia.Find(Image(url)));

    private static FilePart Image(string url) => new(default, default, default, "image/png", url);
}
