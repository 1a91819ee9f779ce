/// What to do about a setting of LiteLLM's that has no counterpart, by its name.
enum LiteLLMHints {
  private static let sentences: [(names: [String], sentence: String)] = [
    (["num_retries", "max_retries", "retry_policy"], "Furlong tries three times by itself, then whoever is next"),
    (
      ["cooldown_time", "allowed_fails", "allowed_fails_policy", "disable_cooldowns"],
      "Furlong waits as long as a provider asks, and leaves one alone that keeps failing"
    ),
    (
      ["timeout", "stream_timeout", "request_timeout"],
      "the nearest is timeouts: {first_token: …, silence: …}, for all models"
    ),
    (["redis_host", "redis_port", "redis_password", "redis_url"], "Furlong is one process and needs none"),
    (["master_key"], "the gateway gives out keys of its own; this one is not read"),
    (["drop_params"], "Furlong leaves out what a model is known not to take"),
    (["cache", "cache_params"], "answers are not cached: every call is made"),
    (["callbacks", "success_callback", "failure_callback"], "every call is in the database: see furlong costs"),
    (["environment_variables"], "set it in the environment"),
    (["include"], "other files are not read: import them too"),
    (["enable_pre_call_checks"], "Furlong always passes over models that are known to be too small"),
    (["content_policy_fallbacks"], "a refusal is an answer here: nobody else is asked"),
    (["database_url"], "Furlong keeps one SQLite file"),
    (["litellm_credential_name", "credential_list"], "give the provider a key_env"),
    (["extra_headers", "headers"], "headers stand under providers.NAME.headers"),
    (["tpm", "rpm"], "limits of one model are not kept; they count as weights where LiteLLM takes them so"),
  ]

  static func sentence(for name: String) -> String {
    sentences.first { $0.names.contains(name) }?.sentence ?? "no counterpart"
  }
}
