import Engine
import Meters

/// Reads the clock whenever a part of a forward pass is done, and adds up the time of each part.
final class ForwardTimer: ForwardObserver {
  /// Time of each part since `start`, nanoseconds.
  private(set) var timesNs: [ForwardPart: Int] = [:]
  private var lastNs: UInt64 = 0

  /// Forgets all times.
  func start() { timesNs = [:] }

  func began() { lastNs = WallClock.nowNs() }

  func finished(_ part: ForwardPart, layer: Int?) {
    let now = WallClock.nowNs()
    timesNs[part, default: 0] += Int(now - lastNs)
    lastNs = now
  }
}
