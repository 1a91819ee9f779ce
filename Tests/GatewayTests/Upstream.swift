import Foundation
import TestSupport

/// What a provider of each dialect sends, piece by piece (shapes as in the recorded streams of Tests/Fixtures/Streams).
enum Upstream: String, CaseIterable, Sendable {
  case chat = "openai-chat"
  case responses = "openai-responses"
  case anthropic
  case gemini

  private func event(_ json: String, _ name: String? = nil) -> String {
    (name.map { "event: \($0)\n" } ?? "") + "data: \(json)\n\n"
  }

  var opening: String {
    switch self {
    case .chat:
      event(
        #"{"id":"c1","object":"chat.completion.chunk","created":1,"model":"m1","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}"#
      )
    case .responses:
      event(
        #"{"type":"response.created","sequence_number":0,"response":{"id":"r1","object":"response","created_at":1,"model":"m1","status":"in_progress","output":[]}}"#,
        "response.created")
        + event(
          #"{"type":"response.output_item.added","sequence_number":1,"output_index":0,"item":{"id":"i1","type":"message","role":"assistant","status":"in_progress","content":[]}}"#,
          "response.output_item.added")
    case .anthropic:
      event(
        #"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m1","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":10,"output_tokens":1}}}"#,
        "message_start")
        + event(
          #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#, "content_block_start")
    case .gemini: ""
    }
  }

  func text(_ text: String) -> String {
    switch self {
    case .chat:
      event(
        #"{"id":"c1","object":"chat.completion.chunk","created":1,"model":"m1","choices":[{"index":0,"delta":{"content":"\#(text)"},"finish_reason":null}]}"#
      )
    case .responses:
      event(
        #"{"type":"response.output_text.delta","sequence_number":2,"item_id":"i1","output_index":0,"content_index":0,"delta":"\#(text)"}"#,
        "response.output_text.delta")
    case .anthropic:
      event(
        #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\#(text)"}}"#,
        "content_block_delta")
    case .gemini:
      event(
        #"{"candidates":[{"content":{"parts":[{"text":"\#(text)"}],"role":"model"},"index":0}],"modelVersion":"m1","responseId":"g1"}"#
      )
    }
  }

  /// The reason why the answer ends.
  func finish(_ said: String) -> String {
    switch self {
    case .chat:
      event(
        #"{"id":"c1","object":"chat.completion.chunk","created":1,"model":"m1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#
      )
        + event(
          #"{"id":"c1","object":"chat.completion.chunk","created":1,"model":"m1","choices":[],"usage":{"prompt_tokens":10,"completion_tokens":2,"total_tokens":12}}"#
        )
    case .responses:
      event(
        #"{"type":"response.completed","sequence_number":3,"response":{"id":"r1","object":"response","created_at":1,"model":"m1","status":"completed","output":[{"id":"i1","type":"message","role":"assistant","status":"completed","content":[{"type":"output_text","text":"\#(said)","annotations":[]}]}],"usage":{"input_tokens":10,"output_tokens":2,"total_tokens":12}}}"#,
        "response.completed")
    case .anthropic:
      event(#"{"type":"content_block_stop","index":0}"#, "content_block_stop")
        + event(
          #"{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":2}}"#,
          "message_delta")
    case .gemini:
      event(
        #"{"candidates":[{"content":{"parts":[],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":2,"totalTokenCount":12},"modelVersion":"m1"}"#
      )
    }
  }

  var terminator: String {
    switch self {
    case .chat: "data: [DONE]\n\n"
    case .anthropic: event(#"{"type":"message_stop"}"#, "message_stop")
    case .responses, .gemini: ""
    }
  }

  func whole(_ words: [String]) -> String {
    opening + words.map(text).joined() + finish(words.joined()) + terminator
  }

  var errorEvent: String {
    switch self {
    case .chat: event(#"{"error":{"message":"it broke","type":"server_error","code":"boom"}}"#)
    case .responses:
      event(
        #"{"type":"error","sequence_number":3,"error":{"type":"server_error","code":"boom","message":"it broke"}}"#,
        "error")
    case .anthropic: event(#"{"type":"error","error":{"type":"overloaded_error","message":"it broke"}}"#, "error")
    case .gemini: event(#"{"error":{"code":503,"message":"it broke","status":"UNAVAILABLE"}}"#)
    }
  }

  func errorBody(_ status: Int, _ message: String) -> String {
    switch self {
    case .chat, .responses: #"{"error":{"message":"\#(message)","type":"some_error","param":null,"code":null}}"#
    case .anthropic: #"{"type":"error","error":{"type":"api_error","message":"\#(message)"},"request_id":"r"}"#
    case .gemini: #"{"error":{"code":\#(status),"message":"\#(message)","status":"UNKNOWN"}}"#
    }
  }

  /// The same answer by a server that does not stream.
  func body(_ said: String) -> String {
    switch self {
    case .chat:
      #"{"id":"c1","object":"chat.completion","created":1,"model":"m1","choices":[{"index":0,"message":{"role":"assistant","content":"\#(said)"},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":2,"total_tokens":12}}"#
    case .responses:
      #"{"id":"r1","object":"response","created_at":1,"model":"m1","status":"completed","output":[{"id":"i1","type":"message","role":"assistant","status":"completed","content":[{"type":"output_text","text":"\#(said)","annotations":[]}]}],"usage":{"input_tokens":10,"output_tokens":2,"total_tokens":12}}"#
    case .anthropic:
      #"{"id":"msg_1","type":"message","role":"assistant","model":"m1","content":[{"type":"text","text":"\#(said)"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":10,"output_tokens":2}}"#
    case .gemini:
      #"{"candidates":[{"content":{"parts":[{"text":"\#(said)"}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":2},"modelVersion":"m1"}"#
    }
  }
}
