import Core
import Terminal
import TestSupport
import Testing

@testable import Workbench

/// Many lanes at once, and what stands beside few.
@Suite(.ownThreads) struct GridTests {
  /// Columns by lanes and window; 0 where there is no room for all.
  @Test(arguments: [
    (1, 200, 40, 1), (2, 80, 20, 2), (3, 120, 36, 3), (4, 120, 30, 2), (4, 200, 40, 2), (4, 300, 70, 4),
    (5, 120, 30, 3), (6, 120, 30, 3),
    (9, 200, 36, 3), (9, 120, 26, 3), (9, 120, 17, 0), (9, 80, 20, 0), (5, 80, 20, 2), (2, 60, 12, 0), (3, 80, 20, 0),
    (9, 300, 70, 3),
  ])
  func cells(_ lanes: Int, _ width: Int, _ height: Int, _ columns: Int) {
    #expect(LanesPane.gridColumns(lanes, width: width, height: height) ?? 0 == columns)
  }

  /// Every lane of nine shows its answer, without zooming.
  @Test(arguments: [(200, 50), (120, 40)]) func nineLanesAreReadable(_ width: Int, _ height: Int) {
    let state = Sample.busy(lanes: 9, width: width, height: height)
    let extents = view(state, Layouts()).extents
    for lane in 0..<9 {
      let extent = extents[lane]
      #expect(
        extent?.isFolded == false && (extent?.height ?? 0) >= 4, "lane \(lane + 1) has \(extent?.height ?? 0) rows")
      #expect((extent?.area.width ?? 0) >= 32, "lane \(lane + 1)")
    }
  }

  @Test func linesAreNeverLongerThanCanBeRead() {
    for width in [200, 300] {
      for lanes in 1...3 {
        let extents = view(Sample.busy(lanes: lanes, width: width, height: 50), Layouts()).extents
        #expect(extents.values.allSatisfy { $0.area.width <= 90 }, "\(lanes) lanes in \(width) columns")
      }
    }
  }

  @Test func whatLanesLeaveIsFilled() {
    let state = Sample.busy(lanes: 2, width: 300, height: 60)
    expectScreen(view(state, Layouts()).frame, "busy-300x60-2-lanes")
    var one = Sample.race(width: 200, height: 50)
    one.place = .lanes
    one.desk.isZoomed = true
    expectScreen(view(one, Layouts()).frame, "zoomed-200x50")
    one.desk.pinned = 2
    let extents = view(one, Layouts()).extents
    #expect(extents[0]?.isFolded == false && extents[2]?.isFolded == false, "zoomed and pinned stand side by side")
  }

  @Test func progressIsOfWhatTheModelUsuallyWrites() {
    var state = Sample.state(lanes: 2, width: 120, height: 40)
    _ = Sample.send("hi", &state)
    Sample.play(0, [.text(.answer, String(repeating: "word ", count: 80), at: 1)], &state)
    Sample.play(1, [], &state)
    state.draft.outlook.usual = [0: 200]
    let share = state.progress(state.response(0)!)
    #expect(share.map { abs($0 - 0.5) < 0.02 } == true, "100 of 200 tokens: \(String(describing: share))")
    #expect(state.progress(state.response(1)!) == nil, "nothing has come")
    state.draft.outlook.usual = [0: 10]
    #expect(state.progress(state.response(0)!) == 0.97, "never at the end before it is")
    var done = state.response(0)!
    done.state = .done
    Sample.play(0, [.ended(done)], &state)
    #expect(state.progress(state.response(0)!) == 1)
    done.state = .failed
    #expect(state.progress(done) == nil)
  }

  /// The same lane has the same colour in its title, its row and its bar.
  @Test func aLaneHasAColourOfItsOwn() {
    let frame = view(Sample.busy(lanes: 5, width: 120, height: 40), Layouts()).frame
    for lane in 0..<5 {
      let cells = frame.cells.filter { $0.style.role == .lane(lane) }
      #expect(cells.count { $0.text == "\(lane + 1)" } == 2, "lane \(lane + 1): in its title and its row")
    }
    #expect(Role.lane(9) == .lane(0) && Set((0..<9).map(Role.lane)).count == 9)
  }
}
