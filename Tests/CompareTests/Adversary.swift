import Foundation
import Statistics

/// What benchmarks meet beside noise.
enum Adversary: String, CaseIterable {
  /// The processor warms up: every process is 0.05 % slower than the one before.
  case drift
  /// A neighbour arrives in the middle of the first look: from then on all is 10 % slower.
  case step
  /// Pages fall one way or the other: 5 % more, or not.
  case bimodal
  /// Interruptions of every length: Pareto's tail with exponent 1.5.
  case pareto
  /// A clock that ticks in steps of 1 %.
  case quantised
  /// Weather: what wanders does so over ten minutes, by 10 %.
  case correlated
  /// One block in which the head's first process took three times as long.
  case badBlock
}

/// A quiet machine with an adversary.
struct AdverseMachine: Disturbance {
  private var machine: NoisyMachine
  private let adversary: Adversary
  private var position = 0
  private let stepAt: Int

  init(_ adversary: Adversary, seed: UInt64) {
    self.adversary = adversary
    var noise = Noise.quiet
    if adversary == .correlated { (noise.wander, noise.wanderSeconds) = (0.1, 600) }
    machine = NoisyMachine(noise, seed: seed)
    // Any of the four places in one of the blocks in the middle.
    stepAt = 36 + Int(seed % 8)
  }

  mutating func time(effect: Double, isHead: Bool) -> Double {
    defer { position += 1 }
    var time = machine.time(effect: effect, isHead: isHead)
    switch adversary {
    case .drift: time *= exp(0.0005 * Double(position))
    case .step: time *= position >= stepAt ? 1.1 : 1
    case .bimodal: time *= machine.normal.coin() ? 1.05 : 1
    case .pareto: time *= 1 + 0.002 * (pow(machine.normal.uniform(), -1 / 1.5) - 1)
    case .quantised: time = (time / 1e7).rounded() * 1e7
    case .correlated: break
    case .badBlock: time *= isHead && 20...22 ~= position ? 3 : 1
    }
    return time
  }
}
