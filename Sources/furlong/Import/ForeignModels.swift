import Core
import Judging
import Providers

/// Names of models in other programs as models here: by a prefix that names a service, by who made it, else as it is written.
struct ForeignModels {
  let services: [Service]
  /// The provider of what fits nowhere.
  let origin: String

  /// What other programs call a service of ours.
  private static let names = [
    "gemini": "google", "vertex": "google", "x-ai": "xai", "mistralai": "mistral", "lm-studio": "lmstudio",
    "llama-server": "llamacpp", "llama.cpp": "llamacpp",
  ]
  /// Parts of a name that say how it is called, and nothing of the model.
  private static let modes: Set<String> = ["chat", "completion", "completions", "messages", "text"]
  /// Of makers with a service of their own, but served by others.
  private static let open = ["gemma", "codegemma", "medgemma", "gpt-oss"]

  func model(_ text: String) -> ModelID {
    let text = text.isEmpty ? "unknown" : text
    if let mark = text.firstIndex(where: { $0 == ":" || $0 == "/" }) {
      let prefix = String(text[..<mark])
      var rest = text[text.index(after: mark)...]
      var provider = service(prefix)
      if provider != nil, let colon = rest.firstIndex(of: ":"), text[mark] == ":" {
        let mode = String(rest[..<colon])
        if mode == "responses" { provider = service("\(provider ?? "")-responses") ?? provider }
        if Self.modes.contains(mode) || mode == "responses" { rest = rest[rest.index(after: colon)...] }
      }
      if let provider, !rest.isEmpty { return ModelID(provider: provider, model: String(rest)) }
      // `azure:chat:…`: a service that is not ours.
      if text[mark] == ":", prefix.allSatisfy({ $0.isLetter || $0 == "-" }), !rest.hasPrefix("//"), rest.contains(":") {
        return ModelID(provider: prefix, model: String(rest))
      }
    }
    if !text.contains("/"), !text.contains(" "), text.contains(":"), let ollama = service("ollama") {
      return ModelID(provider: ollama, model: text)
    }
    let isOpen = Self.open.contains { text.lowercased().hasPrefix($0) }
    if !isOpen, let maker = Makers.family(of: ModelID(provider: "", model: text)).flatMap(service) {
      return ModelID(provider: maker, model: text)
    }
    return ModelID(provider: origin, model: text)
  }

  private func service(_ name: String) -> String? {
    let name = name.lowercased()
    return services.first { $0.id == name || $0.id == Self.names[name] }?.id
  }
}
