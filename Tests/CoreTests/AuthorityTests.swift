import Core
import TestSupport
import Testing

@Suite(.ownThreads) struct AuthorityTests {
  @Test(arguments: [
    "localhost", "localhost:4141", "LOCALHOST", "localhost.", "localhost.:80", "127.0.0.1", "127.0.0.1:65535",
    "127.255.0.9",
    "[::1]", "[::1]:4141", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]:1",
  ])
  func thisMachine(_ text: String) {
    #expect(Authority(text)?.isLoopback == true)
  }

  @Test(arguments: [
    "127.evil.example", "127.0.0.1.nip.io", "localhost.evil.example", "evil.example", "10.0.0.1", "128.0.0.1",
    "0.0.0.0",
    "[::2]", "[fe80::1]", "a.localhost", "127-0-0-1.evil.example", "localhost_evil", "[::]",
  ])
  func somebodyElse(_ text: String) {
    #expect(Authority(text)?.isLoopback == false)
  }

  @Test(arguments: [
    "", " ", "127.0.0.1@evil.example", "user:word@localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1",
    "127.0.0.01", "127.0.0.256", "127.0.0.1.", "127.0.0", "localhost..", ".localhost", "localhost:", "localhost:x",
    "localhost:99999", "localhost:-1", "localhost: 80", "localhost/", "localhost#", "localhost?", "localhost\\", "::1",
    "[::1", "[::1%25lo]", "[::1%lo]", "[::1]x", "[127.0.0.1]", "[localhost]", "[]", "127.0.0.1\u{0}", "löcalhost",
    "１27.0.0.1",
    "localhost,evil", "127.0.0.1 evil", "127.0.0.0x1", "a..b", String(repeating: "a", count: 64),
  ])
  func nothingToBeTakenForAHost(_ text: String) {
    #expect(Authority(text) == nil)
  }

  @Test func aHostAloneNeedsNoBrackets() {
    #expect(Authority(host: "::1")?.isLoopback == true)
    #expect(Authority(host: "127.0.0.2")?.isLoopback == true)
    #expect(Authority(host: "127.evil.example")?.isLoopback == false)
    #expect(Authority(host: "127.0.0.1:80") == nil)
    #expect(Authority(host: "0.0.0.0")?.isUnspecified == true)
  }

  @Test func theHostOfAURLIsWhatComesAfterItsPassword() {
    #expect(Authority(ofURL: "http://127.0.0.1@evil.example/v1")?.host == .name("evil.example"))
    #expect(Authority(ofURL: "http://me:word@localhost:8000/v1?x=@evil")?.isLoopback == true)
    #expect(Authority(ofURL: "http://127.0.0.1\\@evil.example/")?.isLoopback == true)
    #expect(Authority(ofURL: "localhost/v1") == nil)
  }
}
