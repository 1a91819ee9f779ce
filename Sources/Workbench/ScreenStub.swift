import Terminal
extension Screen {
  func copy(_ text: String) -> Bool { true }
  func leave() {}
  func enter() {}
  func use(_ theme: Theme) {}
  var capturesMouse: Bool {
    get { true }
    set {}
  }
}
enum NativeClipboard {
  static func tool(_ environment: [String: String]) -> [String]? { nil }
  static func copy(_ text: String, with: [String]) {}
}
