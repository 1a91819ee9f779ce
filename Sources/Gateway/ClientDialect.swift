/// The wire protocol that a client of the gateway speaks.
public enum ClientDialect: String, Sendable, CaseIterable {
  case chat = "openai-chat"
  case responses = "openai-responses"
  case anthropic
}
