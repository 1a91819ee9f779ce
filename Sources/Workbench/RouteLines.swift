import Core

/// A routing decision's reasons as rows, for the page of a call, `furlong route --explain` and `furlong receipt`.
public enum RouteLines {
  public static let header = ["", "candidate", "cost", "output", "TTFO", "end", "tok/s", "seen", ""]
  public static let numeric: Set<Int> = [2, 3, 4, 5, 6, 7]

  /// Candidates in the order they are asked; those of a route in it stand below it, further in.
  public static func rows(_ reasons: JSON) -> [[String]] {
    var rows: [[String]] = []
    add(reasons, depth: 0, into: &rows)
    return rows
  }

  public static func why(_ reasons: JSON) -> String { text(reasons["why"]) ?? "" }

  /// What a stored call asked for, and how: `cheap (cheapest), openai-chat, streamed`.
  public static func asked(_ route: JSON) -> String {
    let kind = text(route["reasons"]?["kind"]).map { $0 == "model" ? "" : " (\($0))" } ?? ""
    let parts = [text(route["dialect"]), route["stream"] == .bool(true) ? "streamed" : nil]
    return ([(text(route["name"]) ?? "?") + kind] + parts.compactMap { $0 }).joined(separator: ", ")
  }

  private static func add(_ node: JSON, depth: Int, into rows: inout [[String]]) {
    guard case .array(let candidates)? = node["candidates"] else { return }
    for (place, entry) in candidates.enumerated() {
      let name = text(entry["model"]) ?? text(entry["route"]) ?? "?"
      let indent = String(repeating: "  ", count: depth)
      let note = text(entry["why"]) ?? text(entry["note"])
      let words = [text(entry["weight"]).map { "weight \($0)" }, text(entry["excluded"]), note]
      rows.append([
        depth == 0 ? "\(place + 1)" : "", indent + VisibleText.line(name), cost(entry),
        text(entry["expected_output"]) ?? "",
        milliseconds(entry["ttfo_ms"]), milliseconds(entry["expected_ms"]), text(entry["tokens_per_second"]) ?? "",
        text(entry["samples"]) ?? "", VisibleText.line(words.compactMap { $0 }.joined(separator: "; ")),
      ])
      add(entry, depth: depth + 1, into: &rows)
    }
  }

  private static func cost(_ entry: JSON) -> String {
    guard entry["expected_output"] != nil else { return "" }
    return text(entry["expected_usd"]).flatMap { Money(decimal: $0) }?.screenText ?? "?"
  }

  private static func milliseconds(_ value: JSON?) -> String {
    text(value).flatMap(Double.init).map { Readable.duration(Int64(saturating: $0 * 1e6)) } ?? ""
  }

  private static func text(_ value: JSON?) -> String? {
    switch value {
    case .string(let text)?: text
    case .number(let text)?: text
    default: nil
    }
  }
}
