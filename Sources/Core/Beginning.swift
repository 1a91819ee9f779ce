extension String {
  /// The text, or its beginning of at most `limit` bytes with an ellipsis behind it: what others send is as long as they like.
  public func beginning(bytes limit: Int) -> String {
    guard utf8.count > limit else { return self }
    var bytes = Array(utf8.prefix(limit))
    // Not within a character.
    while !bytes.isEmpty {
      if let text = String(validating: bytes, as: UTF8.self) { return text + "…" }
      bytes.removeLast()
    }
    return "…"
  }
}
