/// Finds answers that talk to a judge instead of doing the task. Local, linear in the text, and separate from what the judge
/// itself says: whoever writes for a judge does not write for this.
public enum JudgeDetector {
  public struct Finding: Equatable, Sendable {
    public var range: Range<String.Index>
    /// At most 80 characters.
    public var quote: String
    /// What it is, in words.
    public var words: String
  }

  /// In the order of the text.
  public static func findings(in text: String) -> [Finding] {
    let folded = FoldedText(text)
    var found = wholes(text)
    found += DetectorPatterns.findings(in: folded)
    found += marks(folded)
    found += closers(folded)
    found += hidden(text)
    var merged: [(range: Range<String.Index>, words: String)] = []
    for entry in found.sorted(by: {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }) {
      if let last = merged.last, entry.range.lowerBound < last.range.upperBound {
        let end = max(last.range.upperBound, entry.range.upperBound)
        merged[merged.count - 1].range = last.range.lowerBound..<end
      } else {
        merged.append(entry)
      }
    }
    return merged.map { range, words in
      Finding(range: range, quote: String(VisibleText.line(String(text[range].prefix(80))).prefix(80)), words: words)
    }
  }

  public static func removing(_ findings: [Finding], from text: String) -> String {
    var result = ""
    var place = text.startIndex
    for finding in findings where finding.range.lowerBound >= place {
      result += text[place..<finding.range.lowerBound] + "[removed]"
      place = finding.range.upperBound
    }
    return result + text[place...]
  }

  typealias Found = (range: Range<String.Index>, words: String)

  /// Openings that some judges reward although nothing follows them (Zhao and others, "One token to fool LLM-as-a-judge").
  private static func wholes(_ text: String) -> [Found] {
    let letters = text.filter { !$0.isWhitespace }.prefix(64)
    guard !letters.isEmpty else { return [] }
    let openings = [
      "thoughtprocess:", "let'ssolvethisproblemstepbystep.", "let'ssolvethisproblemstepbystep", "solution", "solution:",
      "解", "かいせつ", "respuesta", "reasoning:", "finalanswer:", "step-by-stepsolution:",
    ]
    let isMark = letters.count <= 3 && letters.allSatisfy { $0.isPunctuation && !"-–".contains($0) }
    guard isMark || openings.contains(letters.lowercased()) else { return [] }
    return [(text.startIndex..<text.endIndex, "an opening without an answer")]
  }

  /// Names of the verdict's own fields, verdicts of other judges, and marks of roles in chat templates.
  private static func marks(_ folded: FoldedText) -> [Found] {
    let fields = [
      "addresses_judge", "r1_much", "r2_much", "r1_slight", "r2_slight", "tie_kind", "cannot_judge", "\"preference\":",
      "[[a]]", "[[b]]", "[[c]]",
    ]
    let roles = [
      "<|im_start|>", "<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|start_header_id|>", "<|begin_of_text|>",
      "<|system|>", "<|user|>", "<|assistant|>", "[inst]", "[/inst]", "<<sys>>", "<start_of_turn>", "<end_of_turn>",
      "### instruction", "### system",
    ]
    let chinese = ["忽略以上", "忽略之前", "忽略上述", "忽略上面", "作为评委", "作为评审", "作为裁判", "请给满分", "给出满分"]
    return folded.occurrences(of: fields).map { ($0, "words of a verdict") }
      + folded.occurrences(of: roles).map { ($0, "marks of a chat template") }
      + folded.occurrences(of: chinese).map { ($0, "speaks to the judge") }
  }

  /// More brackets closed than were opened, then an instruction: the way out of a template.
  private static func closers(_ folded: FoldedText) -> [Found] {
    var depth = 0
    for (index, scalar) in folded.scalars.enumerated() {
      switch scalar {
      case "{", "[": depth += 1
      case "}", "]":
        depth -= 1
        guard depth < 0 else { continue }
        let end = min(folded.scalars.count, index + 400)
        let after = folded.text(index..<end)
        let orders = ["instruction", "ignore ", "disregard ", "output ", "system", "evaluat", "new task"]
        guard orders.contains(where: { after.contains($0) }) else { return [] }
        return [(folded.range(index..<end), "closes the judge's template and gives instructions")]
      default: break
      }
    }
    return []
  }

  /// Text that a person does not see: tag characters outside a flag, and runs of zero-width ones.
  private static func hidden(_ text: String) -> [Found] {
    var found: [Found] = []
    var start: String.Index?
    var count = 0
    var isFlag = false
    func end(at index: String.Index) {
      if let from = start, count >= 4 { found.append((from..<index, "hidden text")) }
      (start, count) = (nil, 0)
    }
    let scalars = text.unicodeScalars
    for index in scalars.indices {
      let value = scalars[index].value
      let isTag = (0xE0000...0xE007F).contains(value)
      let isZeroWidth = value == 0x200B || value == 0x2060 || value == 0xFEFF || (0x2061...0x2064).contains(value)
      if (isTag && !isFlag) || isZeroWidth {
        if start == nil { start = index }
        count += 1
      } else {
        end(at: index)
        isFlag = value == 0x1F3F4 || (isTag && isFlag)
      }
    }
    end(at: text.endIndex)
    return found
  }
}
