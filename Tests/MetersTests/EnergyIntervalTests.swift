import Glibc
import Records
import Testing

@testable import Machine
@testable import Meters

/// Here, for the random numbers of the tests, and not where Glibc would have to be imported for two functions.
func logarithm(_ value: Double) -> Double { log(value) }
func cosine(_ value: Double) -> Double { cos(value) }

/// Simulated truth against stated intervals: of 20 000 intervals of 95 %, 94 to 96 % hold it.
@Suite("Energy: intervals")
struct EnergyIntervalTests {
  static let trials = 20_000

  /// The part of the trials in which the truth lies within the interval.
  private func coverage(_ seed: UInt64, _ trial: (inout EnergyRandom) -> Bool) -> Double {
    var random = EnergyRandom(seed)
    var inside = 0
    for _ in 0..<Self.trials where trial(&random) { inside += 1 }
    return Double(inside) / Double(Self.trials)
  }

  private func holds(_ coverage: Double) -> Bool { (0.94...0.96).contains(coverage) }

  /// The model: constant power, a register that is brought up to date every τ at a random phase and steps by a quantum;
  /// both ends are read at times that know nothing of it.
  private func measured(_ random: inout EnergyRandom, watts: Double, seconds: Double, tau: Double, quantum: Double)
    -> Double
  {
    let phase = random.unit() * tau, offset = random.unit() * quantum
    func register(_ time: Double) -> Double {
      let updated = ((time - phase) / tau).rounded(.down) * tau + phase
      return ((watts * updated + offset) / quantum).rounded(.down) * quantum
    }
    let start = 10 + random.unit()
    return register(start + seconds) - register(start)
  }

  @Test(
    "Gross energy of one zone and of sums, from steps of 1 ms and of 1 J",
    arguments: [
      (1, 0.001, 61e-6), (2, 0.001, 61e-6), (4, 0.001, 15.3e-6), (1, 0.001, 1.0), (2, 0.01, 0.1),
    ] as [(Int, Double, Double)])
  func gross(zones: Int, tau: Double, quantum: Double) {
    let covered = coverage(UInt64(zones) * 77) { random in
      var error = 0.0, uncertainty = Uncertainty()
      for _ in 0..<zones {
        let watts = 40 + 100 * random.unit(), seconds = 0.5 + random.unit()
        error += measured(&random, watts: watts, seconds: seconds, tau: tau, quantum: quantum) - watts * seconds
        uncertainty = uncertainty + .triangular(watts * tau) + .triangular(quantum)
      }
      return abs(error) <= uncertainty.halfWidth
    }
    #expect(holds(covered), "\(covered)")
  }

  @Test("Idle power from thirty parts of white noise")
  func idle() {
    let covered = coverage(5) { random in
      let parts = (0..<30).map { _ in
        IdlePower.Part(energyJ: 40 + 0.5 * random.normal(), seconds: 1, halfWidthJ: 0)
      }
      guard let power = IdlePower(parts: parts) else { return false }
      return abs(power.meanW - 40) <= power.halfWidthW
    }
    #expect((0.94...0.965).contains(covered), "\(covered)")
  }

  @Test("Idle power whose noise lasts longer than a part is not claimed to be known better than it is")
  func correlated() {
    let covered = coverage(6) { random in
      var noise = random.normal()
      let parts = (0..<30).map { _ in
        noise = 0.5 * noise + 0.75.squareRoot() * random.normal()
        return IdlePower.Part(energyJ: 40 + 0.5 * noise, seconds: 1, halfWidthJ: 0)
      }
      guard let power = IdlePower(parts: parts) else { return false }
      return abs(power.meanW - 40) <= power.halfWidthW
    }
    // Without the correlation it would be 74 %.
    #expect(covered > 0.88, "\(covered)")
  }

  /// The model: gross as above, idle power constant and measured before and after with white noise, and of the energy
  /// above idle other programs caused any part up to their share of the CPU time.
  @Test("Net energy, with and without other programs", arguments: [(0.0, 0.3), (0.0, 0.02), (0.005, 0.3), (0.04, 0.1)])
  func net(foreign: Double, noise: Double) {
    let covered = coverage(9) { random in
      let idleW = 40.0, own = 0.5, seconds = 1 + random.unit(), ownJ = 60 * seconds
      let bound = foreign / (own + foreign)
      // What the others caused is at most their share of the sum.
      let theirs = random.unit() * bound
      let totalW = idleW + ownJ / (1 - theirs) / seconds
      let grossJ = measured(&random, watts: totalW, seconds: seconds, tau: 0.001, quantum: 61e-6)
      let width = (Uncertainty.triangular(totalW * 0.001) + .triangular(61e-6)).halfWidth
      let baselines = (0..<2).map { _ in
        NetEnergy.Idle(powerW: idleW + noise * random.normal(), halfWidthW: Uncertainty.z95 * noise)
      }
      let outcome = NetEnergy.compute(
        grossJ: grossJ, halfWidthJ: width, windowNs: Int(seconds * 1e9), before: baselines[0], after: baselines[1],
        ownFraction: own, foreignFraction: foreign)
      // Baselines that are three standard deviations apart are refused, and a refusal claims nothing.
      guard case .known(let net) = outcome else { return true }
      return abs(net.valueJ - ownJ) <= net.halfWidthJ
    }
    #expect(holds(covered), "\(covered)")
  }

  @Test("Net energy is refused where it would be a guess")
  func refusals() {
    func reason(before: Double? = 40, after: Double? = 40, foreign: Double? = 0.001) -> String? {
      let idle = { (power: Double?) in power.map { NetEnergy.Idle(powerW: $0, halfWidthW: 0.1) } }
      let outcome = NetEnergy.compute(
        grossJ: 100, halfWidthJ: 0.1, windowNs: 1_000_000_000, before: idle(before), after: idle(after),
        ownFraction: 0.5, foreignFraction: foreign)
      if case .unknown(let reason) = outcome { return reason }
      return nil
    }
    #expect(reason() == nil)
    #expect(reason(after: nil)?.contains("both before and after") == true)
    #expect(reason(foreign: nil)?.contains("is not known") == true)
    #expect(reason(foreign: 0.06)?.contains("6.0 %") == true)
    #expect(reason(before: 40, after: 40.7) == nil, "1.7 % is steady")
    #expect(
      reason(before: 40, after: 41) == "idle power moved from 40.0 W before to 41.0 W after: there is no one baseline")
  }

  @Test("A baseline is refused with too few parts, and taken from whatever metrics are nearly always there")
  func baseline() throws {
    func window(_ metrics: [String: Double]) -> WindowReadings {
      var readings = WindowReadings()
      readings.metrics = metrics
      readings.halfWidths = metrics.mapValues { $0 * 0.001 }
      readings.windowsNs = ["energy": 1_000_000_000]
      return readings
    }
    let windows = (0..<30).map { part in
      window(
        ["energy_package_j": 40, "power_package_w": 40, "time_wall_ns": 1e9].merging(
          part < 20 ? ["energy_dram_j": 5] : [:], uniquingKeysWith: { $1 }))
    }
    let record = try #require(IdleBaseline.record(windows, moment: .before, startedAt: "2026-01-01T00:00:00Z"))
    #expect(record.powerW == ["energy_package_j": 40])
    #expect(record.windowNs == 30_000_000_000 && record.moment == .before)
    #expect(try #require(record.halfWidthW["energy_package_j"]) > 0)
    #expect(IdleBaseline.record(Array(windows.prefix(4)), moment: .after, startedAt: "") == nil)
    #expect(IdleBaseline.record([window([:])], moment: .after, startedAt: "") == nil)
  }

  @Test("Student's t against tables", arguments: [(5.0, 2.571), (6, 2.447), (9, 2.262), (29, 2.045), (1e9, 1.960)])
  func student(degrees: Double, quantile: Double) {
    #expect(abs(IdlePower.student95(degrees: degrees) - quantile) < 0.004)
  }

  @Test("Normal and bounded errors together: both limits, and in between more than either")
  func together() {
    #expect(abs(NetEnergy.halfWidth95(deviation: 1, bound: 0) - 1.96) < 0.001)
    #expect(NetEnergy.halfWidth95(deviation: 0, bound: 1) == 0.95)
    let both = NetEnergy.halfWidth95(deviation: 1, bound: 2)
    #expect(both > 1.96 && both < 1.96 + 1.9)
    #expect(NetEnergy.halfWidth95(deviation: 0, bound: 0) == 0)
  }
}
