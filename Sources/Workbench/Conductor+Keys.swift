import Core
import Engine

/// Keys of providers that a person has pasted.
extension Conductor {
  /// - Parameter needsLanes: there is nobody to ask yet.
  func keepKey(_ services: [String], _ key: Secret, needsLanes: Bool) {
    let keep = surroundings.keepKey
    let (engine, inbox) = (engine, inbox)
    OwnThread.start {
      let kept: KeptKey
      do { kept = try keep(services, key) } catch { kept = KeptKey(services: services, outcome: .failed("\(error)")) }
      if case .failed = kept.outcome { return inbox.post(.answer(kept)) }
      engine.forgetKeys(of: services)
      let lanes = needsLanes ? engine.firstLanes(of: services) : []
      if !lanes.isEmpty { inbox.post(.lineup(lanes)) }
      inbox.post(.answer(kept))
      let who = services.map { VisibleText.line($0) }.joined(separator: ", ")
      inbox.post(.message("\(who) can be asked now; the key is in a file beside the config"))
    }
  }
}
