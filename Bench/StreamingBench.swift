import Core
import Workbench

/// A megabyte of one kind of Markdown, as it comes at 1,000 tokens a second of four bytes each: sixteen tokens, then a frame.
/// Only what the workbench computes is measured: the state's update and the frame as a value. The last tenth counts, where it is
/// longest.
func measureStreaming() {
  let size = 1_000_000
  let mixed = """
    ## Tides

    The tide is the **slow** rise and fall of the sea, *twice a day*, because the `moon` pulls on the water.

    1. Spring tides: sun and moon pull together.
    2. Neap tides: 太陽と月が直角に引く.

    | when | height |
    | --- | ---: |
    | spring | 6.2 m |

    ```swift
    let tide = height(at: .now)  // metres
    ```


    """
  let kinds: [(name: String, head: String, unit: String)] = [
    ("mixed", "", mixed), ("one code block", "```swift\n", "let height = tide.height(at: hour)  // metres\n"),
    ("one paragraph", "", "the moon pulls on the water and "), ("one list", "", "- the moon pulls on the water\n"),
    ("one table", "| a | b |\n|---|---|\n", "| moon | the water follows |\n"),
  ]
  for kind in kinds {
    let text = Array((kind.head + String(repeating: kind.unit, count: size / kind.unit.utf8.count + 1)).utf8)
    let frames = stream(text, from: size * 9 / 10)
    row(
      "1 MB of Markdown, \(kind.name): p50 / p99",
      "\(number(median(frames), 2)) / \(number(percentile(frames, 0.99), 2)) ms")
  }
}

/// Milliseconds of each frame from `start` bytes on, on one lane at 200×50.
private func stream(_ text: [UInt8], from start: Int) -> [Double] {
  let lane = Lane(model: ModelID(provider: "bench", model: "m"))
  let turn = Turn(number: 1, prompt: "go", rule: .all)
  var state = State(
    session: Session(id: "bench", created: 0, title: "bench", rule: .all, lanes: [lane], turns: [turn]))
  (state.screen.width, state.screen.height) = (200, 50)
  let layouts = Layouts()
  func send(_ event: ResponseEvent) { _ = update(&state, .race(session: "bench", turn: 1, .lane(0, event))) }
  send(.began(Response(lane: 0, model: lane.model, parameters: Parameters())))
  var place = 0
  var frames: [Double] = []
  while place < text.count {
    let begin = now()
    let isMeasured = place >= start
    // What is not measured comes in larger pieces.
    for _ in 0..<(isMeasured ? 16 : 1) where place < text.count {
      var end = min(text.count, place + (isMeasured ? 4 : 1024))
      while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
      send(.text(.answer, String(decoding: text[place..<end], as: UTF8.self), at: Int64(place) * 250_000))
      place = end
    }
    state.desk.extents = view(state, layouts).extents
    if isMeasured { frames.append(Double(now() - begin) / 1e6) }
  }
  return frames
}
