import Foundation
import TestSupport
import Testing

@testable import Workbench

@Suite(.ownThreads) struct NativeClipboardTests {
  private func folder(_ tools: [String: String]) throws -> String {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("furlong-tools-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for (name, script) in tools {
      _ = FileManager.default.createFile(
        atPath: path + "/" + name, contents: Data(("#!/bin/sh\n" + script).utf8), attributes: [.posixPermissions: 0o755]
      )
    }
    return path
  }

  @Test func theFirstThatFitsIsTaken() throws {
    let path = try folder(["xclip": "", "xsel": "", "wl-copy": ""])
    #expect(NativeClipboard.tool(["PATH": path]) == nil, "no display, no clipboard")
    #expect(NativeClipboard.tool(["PATH": path, "DISPLAY": ":0"]) == [path + "/xclip", "-selection", "clipboard"])
    #expect(NativeClipboard.tool(["PATH": path, "DISPLAY": ":0", "WAYLAND_DISPLAY": "w"]) == [path + "/wl-copy"])
    #expect(NativeClipboard.tool([:]) == nil)
  }

  @Test func theTextArrivesWhole() throws {
    let path = try folder(["pbcopy": #"cat > "$0.part" && mv "$0.part" "$0.out""#])
    let text = String(repeating: "日本 $(rm) 'x' \"y\"\n", count: 20_000)
    NativeClipboard.copy(text, with: try #require(NativeClipboard.tool(["PATH": path])))
    #expect(eventually { FileManager.default.fileExists(atPath: path + "/pbcopy.out") }, "the tool gets the text")
    #expect(FileManager.default.contents(atPath: path + "/pbcopy.out") == Data(text.utf8))
  }
}
