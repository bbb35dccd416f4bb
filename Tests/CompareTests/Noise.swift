import Foundation
import Statistics

/// What a machine does to the logarithm of a time, in the parts that benchmarks meet: a process effect (layout, placement),
/// neighbours that come and go (AR(1) with τ = 60 s), noise of every window, and spikes that only ever cost time.
struct Noise: Sendable {
  /// Standard deviation of what a fresh process brings along.
  var process: Double
  /// Standard deviation of what wanders, and its time constant in seconds.
  var wander: Double
  var wanderSeconds = 60.0
  /// Standard deviation of every window's own noise.
  var window: Double
  /// How probable a spike is, and its mean, exponentially distributed.
  var spikeProbability: Double
  var spikeMean: Double

  /// A server of one's own: half-widths of 20 blocks near 0.3 %.
  static let quiet = Noise(process: 0.005, wander: 0.002, window: 0.003, spikeProbability: 0.01, spikeMean: 0.01)
  /// A virtual machine with neighbours: half-widths near 0.7 %.
  static let shared = Noise(process: 0.006, wander: 0.04, window: 0.01, spikeProbability: 0.05, spikeMean: 0.02)
  /// Every process is a world of its own: memory lies elsewhere each time.
  static let perProcess = Noise(process: 0.012, wander: 0.002, window: 0.002, spikeProbability: 0.01, spikeMean: 0.01)

  /// Seconds from one process to the next: a window of a quarter of a second, loading, and warming up.
  static let secondsPerProcess = 2.0
}

/// A stream of seeded normal numbers.
struct NormalNumbers {
  private var random: SplitMix64
  private var spare: Double?

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  /// Uniform in (0, 1).
  mutating func uniform() -> Double { (Double(random.next() >> 12) + 0.5) * 0x1p-52 }

  /// Standard normal, by Marsaglia's polar method, which is twice as quick as sines.
  mutating func next() -> Double {
    if let kept = spare {
      spare = nil
      return kept
    }
    while true {
      let (x, y) = (2 * uniform() - 1, 2 * uniform() - 1)
      let square = x * x + y * y
      guard square < 1, square > 0 else { continue }
      let factor = (-2 * log(square) / square).squareRoot()
      spare = y * factor
      return x * factor
    }
  }

  mutating func coin() -> Bool { random.next() >> 63 == 0 }
}

/// One machine over time: gives the disturbance of each process in turn.
struct NoisyMachine {
  let noise: Noise
  var normal: NormalNumbers
  private var wander: Double
  private let memory: Double
  private let innovation: Double

  init(_ noise: Noise, seed: UInt64) {
    self.noise = noise
    normal = NormalNumbers(seed: seed)
    memory = exp(-Noise.secondsPerProcess / noise.wanderSeconds)
    innovation = noise.wander * (1 - memory * memory).squareRoot()
    wander = noise.wander * normal.next()
  }

  /// ln of the time of the next process over the undisturbed one.
  mutating func next() -> Double {
    wander = memory * wander + innovation * normal.next()
    var sum = wander + noise.process * normal.next() + noise.window * normal.next()
    if normal.uniform() < noise.spikeProbability { sum -= noise.spikeMean * log(normal.uniform()) }
    return sum
  }
}
