/// What the loopback server does with one request, step by step.
public enum Step: Sendable {
  case send([UInt8])
  /// Waits that long, unless the client goes away first.
  case pause(milliseconds: Int)
  /// Waits for a test to open the gate, unless the client goes away first.
  case hold(Gate)
  /// Calls this, to note that the steps before it are done.
  case note(@Sendable () -> Void)
  /// Says nothing more until the client goes away.
  case stall
  /// Repeats these bytes until the client goes away.
  case endless([UInt8])
  /// Closes with a TCP reset.
  case reset
  /// Closes in an orderly way; without it the connection stays open for the next request.
  case close
}

extension [Step] {
  /// Status line and headers of an answer whose body ends when the connection does.
  public static func head(_ status: Int, _ headers: [String: String] = [:]) -> [Step] {
    let fields = headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\r\n" }.joined()
    return [.send([UInt8]("HTTP/1.1 \(status) Status\r\n\(fields)Connection: close\r\n\r\n".utf8))]
  }

  /// A whole answer of known length; the connection stays open.
  public static func answer(_ status: Int, _ headers: [String: String] = [:], body: String) -> [Step] {
    let fields = headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\r\n" }.joined()
    let bytes = [UInt8](body.utf8)
    return [
      .send([UInt8]("HTTP/1.1 \(status) Status\r\n\(fields)Content-Length: \(bytes.count)\r\n\r\n".utf8) + bytes)
    ]
  }

  /// An event stream that ends when the connection does.
  public static func stream(_ body: [UInt8], headers: [String: String] = [:]) -> [Step] {
    head(200, headers.merging(["Content-Type": "text/event-stream"]) { a, _ in a }) + [.send(body), .close]
  }

  /// The head of an event stream, then whatever follows.
  public static func stream(_ steps: [Step]) -> [Step] { head(200, ["Content-Type": "text/event-stream"]) + steps }

  /// An event stream in chunked coding, each piece in a write of its own; the connection stays open.
  public static func chunked(_ pieces: [[UInt8]]) -> [Step] {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    let chunks = pieces.map { piece in
      Step.send([UInt8]("\(String(piece.count, radix: 16))\r\n".utf8) + piece + [UInt8]("\r\n".utf8))
    }
    return [.send([UInt8](head.utf8))] + chunks + [.send([UInt8]("0\r\n\r\n".utf8))]
  }
}

extension Step {
  public static func text(_ text: String) -> Step { .send(Array(text.utf8)) }

  /// One content chunk of an OpenAI-style stream.
  public static func chat(_ text: String) -> Step { .text(Chat.content(text)) }
  /// Finish reason, usage and end mark of an OpenAI-style stream.
  public static let chatEnd = Step.text(Chat.end)
}

/// Pieces of an OpenAI-style stream.
public enum Chat {
  public static func content(_ text: String, field: String = "content") -> String {
    "data: {\"id\":\"c1\",\"model\":\"m1\",\"choices\":[{\"index\":0,\"delta\":{\"\(field)\":\"\(text)\"},\"finish_reason\":null}]}\n\n"
  }

  public static func finish(_ reason: String) -> String {
    "data: {\"id\":\"c1\",\"model\":\"m1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"\(reason)\"}]}\n\n"
  }

  public static func usage(input: Int, output: Int) -> String {
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":\(input),\"completion_tokens\":\(output),\"total_tokens\":\(input + output)}}\n\n"
  }

  public static let done = "data: [DONE]\n\n"
  public static let end = finish("stop") + usage(input: 10, output: 2) + done

  public static func whole(_ words: String...) -> [UInt8] {
    Array((words.map { content($0) }.joined() + end).utf8)
  }
}
