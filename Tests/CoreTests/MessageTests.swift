import Core
import TestSupport
import Testing

@Suite(.ownThreads) struct MessageTests {
  /// The examples of RFC 4648, section 10.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
  ])
  func base64(_ text: String, _ encoded: String) { #expect(base64Text(Array(text.utf8)) == encoded) }

  @Test func base64OfHighBytes() { #expect(base64Text([0xFF, 0xFE, 0xFD, 0x00, 0xFB]) == "//79APs=") }

  @Test func tellsAFileByItsFirstBytes() {
    func type(_ bytes: [UInt8]) -> String? { Attachment(name: "x.txt", sniffing: bytes)?.mediaType }
    #expect(type([0x89, 0x50, 0x4E, 0x47, 0x0D]) == "image/png")
    #expect(type([0xFF, 0xD8, 0xFF, 0xE0]) == "image/jpeg")
    #expect(type(Array("GIF89a".utf8)) == "image/gif")
    #expect(type(Array("RIFF....WEBPVP8 ".utf8)) == "image/webp")
    #expect(type(Array("RIFF....WAVE".utf8)) == "text/plain", "a RIFF that is no WebP is judged as text")
    #expect(type(Array("naïve €\n".utf8)) == "text/plain")
    #expect(type([]) == "text/plain")
    #expect(type([0x61, 0x00, 0x62]) == nil, "a NUL is not text")
    #expect(type([0x61, 0xFF]) == nil, "invalid UTF-8 is not text")
    #expect(type([0x25, 0x50, 0x44, 0x46, 0xE2, 0xE3]) == nil, "a PDF is neither")
  }

  @Test func textFilesAreWrittenBelowThePromptAndImagesStayApart() {
    let image = Attachment(name: "a.png", mediaType: "image/png", data: [1])
    let text = Attachment(name: "b.txt", mediaType: "text/plain", data: Array("hello".utf8))
    let message = Message(.user, "Look", attachments: [image, text])
    #expect(message.textWithFiles == "Look\n\nFile b.txt:\n\nhello")
    #expect(message.images == [image])
  }
}
