import Core

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A pair of answers whose outcome nobody can argue about, to try a judge on.
public struct Probe: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    case arithmetic, instruction, shortRight = "short right", refusal, identical, attack, language
  }

  public enum Expected: String, Sendable { case a, b, tie }

  public var id: String
  public var kind: Kind
  public var prompt: String
  public var a: String
  public var b: String
  public var expected: Expected
  /// Fixed, so that no brief is paid for.
  public var criteria: [String]

  /// The better answer and the other one; for a tie A and B.
  public var good: String { expected == .b ? b : a }
  public var bad: String { expected == .b ? a : b }

  public var brief: Brief {
    var brief = Brief()
    brief.criteria = criteria.enumerated().map { Brief.Criterion(id: "c\($0 + 1)", text: $1) }
    return brief
  }

  /// log2 of A's length over B's, in code points plus one.
  public var lengthRatio: Double {
    func bits(_ text: String) -> Double { log2(Double(text.unicodeScalars.count + 1)) }
    return bits(a) - bits(b)
  }
}

/// All of them, and their version.
public enum Probes {
  public static let all: [Probe] = rows.enumerated().map { index, row in
    // The better one is A and B in turn.
    let isExchanged = index % 2 == 1 && row.kind != .identical
    return Probe(
      id: "p\(index + 1)", kind: row.kind, prompt: row.prompt, a: isExchanged ? row.bad : row.good,
      b: isExchanged ? row.good : row.bad,
      expected: row.kind == .identical ? .tie : isExchanged ? .b : .a, criteria: row.criteria)
  }

  public static let version = String(
    SHA256.hexadecimal(all.map { "\($0.prompt)\u{1}\($0.a)\u{1}\($0.b)\u{1}\($0.expected)" }.joined().utf8).prefix(12))

  struct Row {
    var kind: Probe.Kind
    var prompt: String
    var good: String
    var bad: String
    var criteria: [String]
  }

  private static let rows = arithmetic + instructions + shortRight + refusals + identical + attacks + languages
}
