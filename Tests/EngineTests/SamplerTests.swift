import Glibc
import Testing

@testable import Engine

@Suite("Choosing tokens")
struct SamplerTests {
  /// Probabilities 0.5, 0.3, 0.15, 0.05 for ids 2, 0, 3, 1.
  static let logits: [Float] = [0.3, 0.05, 0.5, 0.15].map { Float(log(Double($0))) }

  private func draw(_ sampling: Sampling, _ logits: [Float] = Self.logits, count: Int = 20_000) -> [Int32: Int] {
    var sampler = Sampler(sampling)
    var counts: [Int32: Int] = [:]
    for _ in 0..<count { counts[logits.withUnsafeBufferPointer { sampler.next($0) }, default: 0] += 1 }
    return counts
  }

  @Test("temperature 1 samples the model's own distribution")
  func plain() {
    let counts = draw(Sampling(temperature: 1, seed: 3))
    for (id, share) in [(2, 0.5), (0, 0.3), (3, 0.15), (1, 0.05)] as [(Int32, Double)] {
      // 4.5 standard deviations of a binomial share of 20,000.
      #expect(abs(Double(counts[id] ?? 0) / 20_000 - share) < 4.5 * (share * (1 - share) / 20_000).squareRoot())
    }
  }

  @Test("temperature 0 takes the likeliest, the lowest id among equals, whatever else is set")
  func greedy() {
    #expect(draw(.greedy, count: 5) == [2: 5])
    #expect(draw(Sampling(topK: 3, topP: 0.2, minP: 0.9, seed: 5), count: 5) == [2: 5])
    #expect(draw(.greedy, [1, 7, 7, 7], count: 3) == [1: 3])
  }

  @Test("top-k, top-p and min-p keep what they should, alone and together")
  func cuts() {
    func kept(_ sampling: Sampling) -> [Int32] { draw(sampling, count: 3000).keys.sorted() }
    #expect(kept(Sampling(temperature: 1, topK: 2)) == [0, 2])
    #expect(kept(Sampling(temperature: 1, topK: 99)) == [0, 1, 2, 3])
    #expect(kept(Sampling(temperature: 1, topP: 0.79)) == [0, 2])
    #expect(kept(Sampling(temperature: 1, topP: 0.81)) == [0, 2, 3])
    #expect(kept(Sampling(temperature: 1, topP: 1e-6)) == [2])
    #expect(kept(Sampling(temperature: 1, minP: 0.25)) == [0, 2, 3])
    #expect(kept(Sampling(temperature: 1, minP: 0.99)) == [2])
    // Of the two that top-k keeps, the first has 0.625 of what is left.
    #expect(kept(Sampling(temperature: 1, topK: 2, topP: 0.62)) == [2])
    // The cuts are made before the temperature flattens anything.
    #expect(kept(Sampling(temperature: 50, topP: 0.79)) == [0, 2])
  }

  @Test("top-k of many equals the first of a full sort", arguments: [1, 2, 7, 40, 999])
  func heap(k: Int) {
    let logits = (0..<1000).map { Float(($0 * 7919) % 251) }
    let sorted = (0..<1000).sorted { logits[$0] == logits[$1] ? $0 < $1 : logits[$0] > logits[$1] }
    let counts = draw(Sampling(temperature: 1e4, topK: k, seed: 9), logits, count: 40 * k)
    #expect(Set(counts.keys).isSubset(of: Set(sorted.prefix(k).map(Int32.init))))
    // Drawn evenly 40 times each, hardly one in e^40 is missed.
    #expect(counts.count == k)
  }

  @Test("a repetition is penalised whatever its sign, within the window")
  func repetition() {
    #expect(draw(Sampling(repetitionPenalty: 2), [1, 1.5], count: 4) == [1: 3, 0: 1])
    #expect(draw(Sampling(repetitionPenalty: 2), [-1.5, -1], count: 4) == [1: 3, 0: 1])
    var sampler = Sampler(Sampling(repetitionPenalty: 2, repetitionWindow: 1))
    sampler.observe([1, 0])
    #expect([1, 1.5].withUnsafeBufferPointer { sampler.next($0) } == 1)
  }

  @Test("equal seeds give equal texts, others do not")
  func seeds() {
    func text(_ seed: UInt64) -> [Int32] {
      var sampler = Sampler(Sampling(temperature: 1, seed: seed))
      return (0..<50).map { _ in Self.logits.withUnsafeBufferPointer { sampler.next($0) } }
    }
    #expect(text(1) == text(1) && text(1) != text(2))
  }

  @Test("settings that make no sense say so")
  func problems() {
    #expect(Sampling.greedy.problem == nil)
    for wrong in [
      Sampling(temperature: -1), Sampling(temperature: .nan), Sampling(topK: -1), Sampling(topP: 0),
      Sampling(topP: 1.1), Sampling(minP: 1), Sampling(repetitionPenalty: 0), Sampling(repetitionWindow: -1),
    ] {
      #expect(wrong.problem != nil, "\(wrong)")
    }
  }
}
