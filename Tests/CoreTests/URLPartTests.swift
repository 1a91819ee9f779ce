import Core
import TestSupport
import Testing

@Suite(.ownThreads) struct URLPartTests {
  @Test(arguments: [
    ("gemini-2.5-pro", "gemini-2.5-pro"), ("a/b", "a%2Fb"), ("..", "%2E%2E"), (".", "%2E"), ("...", "%2E%2E%2E"),
    ("x:y?z=1&k#f", "x%3Ay%3Fz%3D1%26k%23f"), ("a b\\c", "a%20b%5Cc"), ("\u{0}\n", "%00%0A"), ("%2e", "%252e"),
    ("é@+", "%C3%A9%40%2B"), ("", ""),
  ])
  func aTextStaysOnePart(_ text: String, _ encoded: String) {
    #expect(URLPart.encoded(text) == encoded)
  }

  @Test(arguments: [
    ("a%2Fb", "a/b"), ("%C3%A9", "é"), ("100%", "100%"), ("%+5%zz%2", "%+5%zz%2"), ("%2520", "%20"), ("", ""),
  ])
  func onePartIsReadBack(_ encoded: String, _ text: String) {
    #expect(URLPart.decoded(encoded) == text)
  }

  @Test func bytesThatAreNoTextAreNone() { #expect(URLPart.decoded("%ff") == nil) }

  @Test(arguments: ["http://127.0.0.1:8000/v1", "https://api.example.com", "https://me:word@api.example.com/a/b"])
  func soundBases(_ url: String) {
    #expect(URLPart.fault(inBase: url) == nil)
  }

  @Test(arguments: [
    "ftp://x", "x", "http://", "http:///v1", "http://x/a b", "http://x/\u{0}", "http://x/a\\b", "http://x/v1?key=1",
    "http://x/v1#a", "http://x/../v1", "http://x/./v1", "http://x/\u{202E}",
  ])
  func basesBelowWhichNothingCanBeWritten(_ url: String) {
    #expect(URLPart.fault(inBase: url) != nil)
  }
}

@Suite(.ownThreads) struct ModelNameTests {
  @Test(arguments: [
    "gpt-5.6", "models/gemini-2.5-pro", "meta-llama/Llama-3.3-70B-Instruct:free", "accounts/fireworks/models/x",
    "@cf/meta/llama", "us.anthropic.claude-v1:0", "ft:gpt-4o:org::id", "publishers/google/models/x@001",
    "hf.co/bartowski/Llama-3.2-3B-Instruct-GGUF:Q4_K_M", "/data/models/llama", "My model (Q4).gguf", "~openai/auto",
    "a..b", "…",
  ])
  func realNamesAreTaken(_ name: String) throws {
    #expect(ModelID.fault(inModel: name) == nil)
    #expect(try Lane(parsing: "x/\(name)").model.model == name)
  }

  @Test(arguments: [
    "../../../secret", "a/../b", "a/./b", "..", ".", "a//b", "a/", "//a", "a\\b", "a\u{0}", "a\nb", "a\tb", "\u{1B}[2J",
    "a\u{202E}b", "a\u{200B}", " a", "a ", String(repeating: "a", count: 1025),
  ])
  func whatNoServiceCanHaveIsRefused(_ name: String) {
    #expect(ModelID.fault(inModel: name) != nil)
    #expect(throws: InvalidLane.self) { try Lane(parsing: "x/\(name)") }
  }
}
