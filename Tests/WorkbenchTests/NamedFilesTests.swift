import TestSupport
import Testing

@testable import Workbench

@Suite(.ownThreads) struct NamedFilesTests {
  @Test(arguments: [
    ("/tmp/a.png", [["/tmp/a.png"]]), ("/tmp/a.png ", [["/tmp/a.png"]]), ("/tmp/a.png\n", [["/tmp/a.png"]]),
    (#"/tmp/a\ b.png"#, [[#"/tmp/a\ b.png"#], ["/tmp/a b.png"]]), ("'/tmp/a b.png'", [["/tmp/a b.png"]]),
    (#""/tmp/a b.png" "#, [["/tmp/a b.png"]]), ("/tmp/a b.png", [["/tmp/a b.png"]]),
    ("file:///tmp/a%20b.png", [["/tmp/a b.png"]]), ("file://localhost/tmp/%E6%97%A5.txt", [["/tmp/日.txt"]]),
    ("~/notes.md", [["~/notes.md"]]), ("/a.txt /b.txt", [["/a.txt /b.txt"], ["/a.txt", "/b.txt"]]),
    (#"'/a b.txt' /c\'d.txt"#, [["/a b.txt", "/c'd.txt"]]),
  ])
  func whatIsDropped(_ text: String, _ ways: [[String]]) {
    #expect(NamedFiles.dropped(text) == ways, "\(text.debugDescription)")
  }

  @Test(arguments: ["", " ", "hello", "look at /tmp/a.png", "/tmp/a.png is broken", "'/tmp/a", "one\n/two", "a/b", "/"])
  func textIsText(_ text: String) {
    let ways = NamedFiles.dropped(text) ?? []
    #expect(ways.allSatisfy { $0 == [text] }, "\(text.debugDescription) is at most a path with blanks: \(ways)")
  }

  @Test(arguments: [
    ("see @notes.md", [["notes.md"]]), ("@a/b.txt, and (@c.txt).", [["a/b.txt,", "a/b.txt"], ["c.txt).", "c.txt"]]),
    (#"what is in @"my file.txt"?"#, [["my file.txt"]]), ("mail me@example.org @ noon", []), ("@", []),
    ("first\n@two.txt", [["two.txt"]]),
  ])
  func whatAPromptNames(_ text: String, _ names: [[String]]) {
    #expect(NamedFiles.mentioned(text) == names, "\(text.debugDescription)")
  }

  @Test func theWordBeforeTheCursorIsCompleted() {
    let text = Array("see @src/ma and @x")
    #expect(NamedFiles.mention(before: 11, in: text)?.typed == "src/ma")
    #expect(NamedFiles.mention(before: 11, in: text)?.start == 4)
    #expect(NamedFiles.mention(before: 3, in: text) == nil)
    #expect(NamedFiles.mention(before: 12, in: text) == nil, "behind a blank the word is over")
  }

  @Test func whatEditorsAddIsTakenAway() {
    #expect(Editor.plain("\u{FEFF}one\r\ntwo\r\n", of: "one") == "one\ntwo")
    #expect(Editor.plain("one\rtwo", of: "") == "one\ntwo")
    #expect(Editor.plain("one\n\n", of: "one\n") == "one\n\n")
    #expect(Editor.plain("one\n", of: "one") == "one")
    #expect(Editor.plain("a\u{FEFF}b", of: "") == "a\u{FEFF}b", "only a mark at the beginning is one")
  }
}
