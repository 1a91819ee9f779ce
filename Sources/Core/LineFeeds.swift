extension String {
  /// The text with a line feed for each CR LF and CR: as terminals and editors of other systems end lines.
  public var withLineFeeds: String {
    split(omittingEmptySubsequences: false) { $0 == "\r\n" || $0 == "\r" }.joined(separator: "\n")
  }
}
