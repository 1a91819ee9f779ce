import Core
import Engine
import Foundation
import Providers
import Store
import Transport

// Prints medians and ratios, never a verdict: machines differ and drift. Everything is measured against a loopback server in
// this very process.

guard CommandLine.arguments.count > 1 else {
  print("usage: furlong-bench BINARY [workbench | session | history | gateway [mock | load CLIENTS | soak MINUTES]]")
  exit(2)
}
let binary = URL(fileURLWithPath: CommandLine.arguments[1]).path
let server = BenchServer()
let folder = FileManager.default.temporaryDirectory.appendingPathComponent("furlong-bench-\(getpid())").path
try FileManager.default.createDirectory(atPath: folder + "/furlong", withIntermediateDirectories: true)
defer { try? FileManager.default.removeItem(atPath: folder) }
try "providers:\n  bench: {base_url: \"http://127.0.0.1:\(server.port)/v1\", local: true}\n"
  .write(toFile: folder + "/furlong/config.yaml", atomically: true, encoding: .utf8)
let environment = ProcessInfo.processInfo.environment.merging([
  "XDG_CONFIG_HOME": folder, "XDG_DATA_HOME": folder, "TERM": "xterm-256color", "FURLONG_DB": folder + "/bench.db",
]) { $1 }

func median(_ values: [Double]) -> Double { percentile(values, 0.5) }

/// Type 7, as R and NumPy do.
func percentile(_ values: [Double], _ share: Double) -> Double {
  let sorted = values.sorted()
  guard let last = sorted.indices.last else { return .nan }
  let place = share * Double(last)
  let low = Int(place)
  return sorted[low] + (sorted[min(low + 1, last)] - sorted[low]) * (place - Double(low))
}

func row(_ name: String, _ value: String) { print(name.padding(toLength: 52, withPad: " ", startingAt: 0) + value) }

func number(_ value: Double, _ places: Int = 1) -> String { String(format: "%.\(places)f", value) }

func run(_ arguments: [String]) -> (output: String, seconds: Double) {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: arguments[0])
  process.arguments = Array(arguments.dropFirst())
  process.environment = environment
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = FileHandle.nullDevice
  let start = now()
  do { try process.run() } catch { return ("", .nan) }
  let data = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return (String(decoding: data, as: UTF8.self), Double(now() - start) / 1e9)
}

// MARK: Start

func measureStart() {
  let trueTimes = (0..<20).map { _ in run(["/bin/true"]).seconds * 1000 }
  let times = (0..<20).map { _ in run([binary, "--version"]).seconds * 1000 }
  row("start to --version, ms (median of 20)", "\(number(median(times)))   /bin/true: \(number(median(trueTimes)))")
  let paints = (0..<10).map { _ -> Double in
    let terminal = PseudoTerminal([binary, "-m", "bench/flood-1"], environment: environment)
    terminal.drain(until: now() + 5_000_000_000, mark: "Ctrl-P")
    let painted = Double(now() - terminal.started) / 1e6
    _ = terminal.end()
    return painted
  }
  row("start to first paint, ms (median of 10)", number(median(paints)))
}

// MARK: Time to first token

func measureFirstToken() {
  let curl = "/usr/bin/curl"
  let body = #"{"model":"flood-2","stream":true,"messages":[{"role":"user","content":"x"}]}"#
  var own: [Double] = []
  var plain: [Double] = []
  for _ in 0..<30 {
    let document = run([binary, "race", "x", "-m", "bench/flood-2", "--json"]).output
    if let view = try? JSONDocument().parse(document),
      let time = view["responses"]?.first?["timing"]?["ttft_ms"]?.double
    {
      own.append(time)
    }
    guard FileManager.default.isExecutableFile(atPath: curl) else { continue }
    let times = run([
      curl, "-sN", "-o", "/dev/null", "-w", "%{time_pretransfer} %{time_starttransfer}", "-H",
      "Content-Type: application/json", "-d",
      body, "http://127.0.0.1:\(server.port)/v1/chat/completions",
    ]).output.split(separator: " ").compactMap { Double($0) }
    if times.count == 2 { plain.append((times[1] - times[0]) * 1000) }
  }
  let comparison =
    plain.isEmpty
    ? "curl is not installed" : "curl -N: \(number(median(plain), 2)), added: \(number(median(own) - median(plain), 2))"
  row("TTFT on loopback, ms (median of 30)", "\(number(median(own), 2))   \(comparison)")
}

// MARK: Decoding

func measureDecoding() {
  let events: [(dialect: String, event: String)] = [
    (
      "openai-chat",
      #"data: {"id":"chatcmpl-eG0FDC6CtrkLaebbUGabXZrnKyVC0ala","object":"chat.completion.chunk","created":1795396094,"model":"smollm2-135m","system_fingerprint":"b0-unknown","choices":[{"finish_reason":null,"index":0,"delta":{"content":" capital"}}]}"#
    ),
    (
      "openai-responses",
      "event: response.output_text.delta\n"
        + #"data: {"type":"response.output_text.delta","sequence_number":12,"item_id":"msg_fCGe4MPXubdOU9554Ah4R8GUZthuuyNT","output_index":0,"content_index":0,"delta":" capital","logprobs":[],"obfuscation":"aGVsbG8gd29y"}"#
    ),
    (
      "anthropic",
      "event: content_block_delta\n"
        + #"data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" capital of France"}}"#
    ),
    (
      "gemini",
      #"data: {"candidates":[{"content":{"parts":[{"text":" capital of France"}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":7,"totalTokenCount":17,"promptTokensDetails":[{"modality":"TEXT","tokenCount":10}]},"modelVersion":"gemini-3.1-pro-preview","responseId":"abc123"}"#
    ),
  ]
  for (name, event) in events {
    guard let dialect = Dialects.named(name) else { continue }
    let bytes = Array(String(repeating: event + "\n\n", count: 40_000).utf8)
    let speeds = (0..<5).map { _ -> Double in
      var reader = StreamReader(dialect: dialect, service: Service("bench", dialect: name, baseURL: ""))
      var deltas: [Delta] = []
      var count = 0
      let start = now()
      bytes.withUnsafeBytes { all in
        // As it comes off a socket.
        for offset in stride(from: 0, to: all.count, by: 16_384) {
          reader.feed(UnsafeRawBufferPointer(rebasing: all[offset..<min(offset + 16_384, all.count)]), into: &deltas)
          count += deltas.count
          deltas.removeAll(keepingCapacity: true)
        }
      }
      precondition(count >= 40_000, "\(name): events were lost")
      return Double(bytes.count) / 1e6 / (Double(now() - start) / 1e9)
    }
    row("SSE to events, \(name), MB/s (median of 5)", number(median(speeds), 0))
  }
}

// MARK: The workbench under load

func measureWorkbench() {
  let (perSecond, seconds) = (500, 20)
  let count = perSecond * seconds
  let probe = folder + "/probe.json"
  let lanes = (0..<8).flatMap { _ in ["-m", "bench/rate-\(count)-\(perSecond)"] }
  let terminal = PseudoTerminal(
    [binary] + lanes + ["go"], environment: environment.merging(["FURLONG_PROBE": probe]) { $1 })
  let start = now()
  terminal.drain(until: start + 1_000_000_000)
  terminal.press("\t")
  let end = start + Int64(seconds + 2) * 1_000_000_000
  var isDown = false
  while now() < end {
    terminal.press(isDown ? "k" : "j")
    isDown.toggle()
    terminal.drain(until: now() + 100_000_000)
  }
  let used = terminal.end()
  let expected = BenchServer.text(count)
  let lost = (try? storedTexts(folder + "/bench.db"))?.filter { $0 != expected }.count
  row("8 lanes × 500 tok/s × 20 s: answers not whole", lost.map { "\($0) of 8" } ?? "could not be read")
  row("  CPU, % of a core", number(used.cpu / Double(seconds + 3) * 100))
  row("  peak memory, MB", number(used.memory))
  row("  bytes to the terminal a second", number(Double(terminal.bytes) / Double(seconds), 0))
  if let data = FileManager.default.contents(atPath: probe),
    let view = try? JSONDocument().parse(String(decoding: data, as: UTF8.self))
  {
    let frames = view["frames"]?.elements.compactMap { $0.double.map { $0 / 1e6 } } ?? []
    let keys = view["keys"]?.elements.compactMap { $0.double.map { $0 / 1e6 } } ?? []
    row(
      "  frame, ms: p50 / p99 of \(frames.count)",
      "\(number(percentile(frames, 0.5), 2)) / \(number(percentile(frames, 0.99), 2))")
    row(
      "  key to paint, ms: p50 / p99 of \(keys.count)",
      "\(number(percentile(keys, 0.5), 2)) / \(number(percentile(keys, 0.99), 2))")
  }
}

func storedTexts(_ path: String) throws -> [String] {
  let store = try Store(path: path)
  let id = try store.newestSession() ?? ""
  return try store.session(id).turns.last?.responses.values.map(\.text) ?? []
}

// MARK: Flat out

func measureFlood() throws {
  let streams = 32
  let count = 200_000 / streams
  let store = try Store(path: folder + "/flood.db")
  let service = Service("bench", dialect: "openai-chat", baseURL: "http://127.0.0.1:\(server.port)/v1") {
    $0.isLocal = true
  }
  let engine = Engine(services: [service], store: store, prices: PriceBook(), loop: TransferLoop()) { _ in .notNeeded }
  let lanes = (0..<streams).map { _ in Lane(model: ModelID(provider: "bench", model: "flood-\(count)")) }
  let session = Session(id: Session.newID(), created: 0, title: "flood", rule: .all, lanes: lanes, turns: [])
  let request = RaceRequest(session: session, isNewSession: true, turn: Turn(number: 1, prompt: "go", rule: .all))
  let finished = DispatchSemaphore(value: 0)
  let start = now()
  let race = engine.start(request) { event in if case .ended = event { finished.signal() } }
  finished.wait()
  let seconds = Double(now() - start) / 1e9
  withExtendedLifetime(race) {}
  try store.close()
  let expected = BenchServer.text(count)
  let lost = try storedTexts(folder + "/flood.db").filter { $0 != expected }.count
  row(
    "32 streams flat out, 200,000 tokens",
    "\(number(Double(streams * count) / seconds / 1000)) k tokens/s, answers not whole: \(lost) of \(streams)")
}

let words = Array(CommandLine.arguments.dropFirst(2))
if words.first == "gateway" {
  let isWhole = try GatewayBench.run(Array(words.dropFirst()), binary: binary, folder: folder + "/gateway")
  try? FileManager.default.removeItem(atPath: folder)
  exit(isWhole ? 0 : 1)
}
if words.isEmpty {
  measureStart()
  measureFirstToken()
  measureDecoding()
  try measureFlood()
}
if words.isEmpty || words.first == "workbench" {
  measureWorkbench()
  measureStreaming()
}
if words.isEmpty || words.first == "session" { try measureLongSession() }
if words.isEmpty || words.first == "history" { try measureHistory() }
