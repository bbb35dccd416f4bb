import Engine
import Meters
import ModelFiles
import Records

/// Reads the clock whenever a part of a forward pass is done, and adds up the time of each part and kind of layer.
final class ForwardTimer: ForwardObserver {
  /// Time of each part since `start`, nanoseconds.
  private(set) var timesNs: [ForwardPart: Int] = [:]
  /// The same by kinds of layers: keys of `ForwardLayerKind.all`.
  private(set) var timesByLayerKindNs: [String: Int] = [:]
  private let kinds: [String]
  private var lastNs: UInt64 = 0
  private var layer: Int?
  /// Whether the layer has mixed: behind its output projection begins its feed-forward.
  private var hasMixed = false

  init(_ shape: any ModelShape) { kinds = (0..<shape.layers).map { shape.kind($0).rawValue } }

  /// Forgets all times.
  func start() { (timesNs, timesByLayerKindNs) = ([:], [:]) }

  func began() {
    layer = nil
    lastNs = WallClock.nowNs()
  }

  func finished(_ part: ForwardPart, layer: Int?) {
    let now = WallClock.nowNs()
    timesNs[part, default: 0] += Int(now - lastNs)
    if layer != self.layer { (self.layer, hasMixed) = (layer, false) }
    let kind = layer.map { hasMixed ? ForwardLayerKind.feedForward : kinds[$0] } ?? ForwardLayerKind.ends
    timesByLayerKindNs[kind, default: 0] += Int(now - lastNs)
    if part == .output { hasMixed = true }
    lastNs = now
  }
}
