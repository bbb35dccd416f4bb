import Engine
import Meters

/// Reads the clock whenever a part of a forward pass is done, and adds up the time of each part.
final class ForwardTimer: ForwardObserver {
  /// Time of each part since `start`, nanoseconds.
  private(set) var timesNs: [ForwardPart: Int] = [:]
  private var lastNs: UInt64 = 0

  /// Forgets all times; the first part begins now.
  func start() {
    timesNs = [:]
    lastNs = WallClock.nowNs()
  }

  /// Lets the next part begin now: what the caller did since the last one is nobody's time.
  func resume() { lastNs = WallClock.nowNs() }

  func finished(_ part: ForwardPart, layer: Int?) {
    let now = WallClock.nowNs()
    timesNs[part, default: 0] += Int(now - lastNs)
    lastNs = now
  }
}
