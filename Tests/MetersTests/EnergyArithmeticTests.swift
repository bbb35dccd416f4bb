import Testing

@testable import Machine
@testable import Meters

/// SplitMix64: the same histories on every run.
struct EnergyRandom: RandomNumberGenerator {
  var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Between 0 and 1.
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Of the standard normal distribution (Box and Muller 1958).
  mutating func normal() -> Double {
    let radius = (-2 * logarithm(max(unit(), 0x1p-60))).squareRoot()
    return radius * cosine(2 * Double.pi * unit())
  }
}

@Suite("Energy: arithmetic")
struct EnergyArithmeticTests {
  /// A counter of 1 µJ counts, as powercap has it, whose register steps by `quantum` of them.
  private func counter(range: UInt64) -> WrappingCounter {
    WrappingCounter(range: range, unitJ: 1e-6, quantumJ: 61e-6, maxPowerW: 1000)
  }

  @Test("A million random histories: no error beyond one step for each time that the counter goes round")
  func histories() {
    var random = EnergyRandom(0xe4e4)
    var worst = 0.0, wrapped = 0
    for history in 0..<1_000_000 {
      // Like the hardware: 2^32 steps of 61.035 µJ, shown in whole microjoules; the range is that of the last step.
      let steps: UInt64 = history % 3 == 0 ? 1 << 20 : 1 << 32
      let step = history % 5 == 0 ? 15.258789 : 61.035156
      let shown = { (register: UInt64) in UInt64(Double(register % steps) * step) }
      var counter = counter(range: UInt64(Double(steps - 1) * step))
      var register = UInt64(random.unit() * Double(steps)), nowNs: UInt64 = 0
      let first = register
      counter.begin(shown(register), atNs: nowNs)
      for _ in 0..<(1 + history % 4) {
        // At most a quarter of the range between two readings, as the poller sees to.
        let most = min(Double(steps) * step / 4, 5e9)
        let added = UInt64(random.unit() * most / step)
        register += added
        nowNs += UInt64(Double(added) * step / 1e9 * 1e9) + 1_000_000
        counter.advance(shown(register), atNs: nowNs)
      }
      let truth = Double(register - first) * step
      let rounds = Int(register / steps - first / steps)
      let allowed = Double(rounds) * step + 1 + Double(rounds)
      let error = abs(Double(counter.total) - truth)
      if counter.fault != nil || counter.wraps != rounds || error > allowed {
        Issue.record("history \(history): \(counter.total) for \(truth), \(String(describing: counter.fault))")
        return
      }
      worst = max(worst, error / allowed)
      wrapped += rounds > 0 ? 1 : 0
    }
    #expect(wrapped > 100_000 && worst > 0.5)
  }

  @Test("A day at a kilowatt: 86.4 MJ, to a step for each of its 330 rounds")
  func day() {
    let step = 61.03515625, steps = 1 << 32
    var counter = counter(range: UInt64(Double(steps - 1) * step))
    var rounds = 0
    counter.begin(0, atNs: 0)
    for second in stride(from: 5, through: 86_400, by: 5) {
      let register = Int(Double(second) * 1e9 / step)
      counter.advance(UInt64(Double(register % steps) * step), atNs: UInt64(second) * 1_000_000_000)
      rounds = register / steps
    }
    #expect(counter.fault == nil && counter.wraps == rounds && rounds > 300)
    #expect(abs(Double(counter.total) - 86_400e9) <= Double(rounds + 1) * (step + 1))
  }

  @Test("A power that rises and falls in a straight line is integrated exactly")
  func trapezoid() {
    var power = PowerIntegrator()
    for tick in 0...1000 {
      power.add(UInt64(100_000_000 + tick * 100_000), unitW: 1e-6, atNs: UInt64(tick) * 10_000_000)
    }
    #expect(abs(power.energyJ - 1500) < 1e-9)
    #expect(power.windowNs == 10_000_000_000 && power.stepCounts == 100_000)
  }

  @Test(
    "The step of a sensor shows in the zeros of its values",
    arguments: [
      ([200_000_000, 201_000_000], 1_000_000), ([200_000_000, 200_500_000], 100_000), ([15_123_000, 15_124_000], 1000),
      ([7, 1_000_000], 1), ([0, 0], 1_000_000),
    ] as [([UInt64], UInt64)])
  func step(values: [UInt64], step: UInt64) {
    var power = PowerIntegrator()
    for (index, value) in values.enumerated() { power.add(value, unitW: 1e-6, atNs: UInt64(index)) }
    #expect(power.stepCounts == step)
  }

  @Test(
    "Text to numbers: strict",
    arguments: [
      ("0\n", 0), ("262143328850\n", 262_143_328_850), ("7", 7), ("9999999999999999999", 9_999_999_999_999_999_999),
      ("", nil), ("\n", nil), ("7\n\n", nil), (" 7", nil), ("7 ", nil), ("+7", nil), ("-7", nil), ("0x7", nil),
      ("7\0", nil), ("99999999999999999999", nil), ("7.5", nil), ("٧", nil),
    ] as [(String, UInt64?)])
  func parse(text: String, value: UInt64?) {
    let reading = Array(text.utf8).withUnsafeBytes { EnergyInput.parse($0) }
    #expect(reading.failure == nil ? reading.value == value : value == nil)
  }

  @Test("Random bytes are numbers only where they are digits")
  func fuzz() {
    var random = EnergyRandom(0xf022)
    let alphabet = Array("0123456789\n -+x\0".utf8)
    for _ in 0..<20_000 {
      let bytes = (0..<Int(random.next() % 24)).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
      let reading = bytes.withUnsafeBytes { EnergyInput.parse($0) }
      let digits = bytes.last == 10 ? bytes.dropLast() : bytes[...]
      let isNumber = (1...19).contains(digits.count) && digits.allSatisfy { (48...57).contains($0) }
      #expect((reading.failure == nil) == isNumber)
      if isNumber { #expect(reading.value == UInt64(String(decoding: digits, as: UTF8.self))) }
    }
  }
}
