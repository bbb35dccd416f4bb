import Engine
import Foundation
import Kernels
import Testing

/// Likelihoods of a text: against the oracles' logits, and against reading every prefix on its own.
@Suite struct PerplexityTests {
  /// −ln of the softmax, written as the textbook has it.
  private func nats(_ logits: some Sequence<Float>, target: Int32) -> Double {
    let powers = logits.map { exp(Double($0)) }
    return -log(powers[Int(target)] / powers.reduce(0, +))
  }

  private func session(_ oracle: Oracle, kernel: Kernel = naive, threads: Int = 2, batch: Int = 512) throws -> Session {
    let pool = try ThreadPool(threads: threads, placement: .free)
    let model = try Transformer.load(path: oracle.path, kernel: kernel, pool: pool, hashing: false)
    return try Session(model: model, kernel: kernel, pool: pool, context: 64, batch: batch)
  }

  @Test(arguments: OracleTests.oracles) func likelihoodsAreThoseOfTheOraclesLogits(oracle: Oracle) throws {
    let (ids, logits) = (try oracle.expected.input_ids, try oracle.logits("full"))
    let vocabulary = logits.count / ids.count
    let expected = (1..<ids.count).map { place in
      nats(logits[(place - 1) * vocabulary..<place * vocabulary], target: ids[place])
    }
    var first: [Double]?
    for (kernel, threads, batch) in availableKernels.map({ ($0, 2, 512) }) + [(naive, 1, 512), (naive, 3, 7)] {
      let found = try session(oracle, kernel: kernel, threads: threads, batch: batch)
        .negativeLogLikelihoods(of: ids[...], from: 1)
      #expect(found.count == expected.count)
      // Logits are within 1e-4, and each moves the likelihood by no more than itself.
      #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 2e-4 })
      first = first ?? found
      #expect(found.map(\.bitPattern) == first?.map(\.bitPattern), "\(kernel.id), \(threads) threads, batch \(batch)")
    }
  }

  @Test(arguments: [(5, 2), (6, 1), (7, 7), (20, 3), (64, 32), (2, 1), (2, 2)])
  func windowsGiveWhatEveryPrefixGives(size: Int, stride: Int) throws {
    let oracle = Oracle(name: "bitnet2b_offline")
    let ids = try oracle.expected.input_ids
    let session = try session(oracle)
    var found: [Double] = []
    var expected: [Double] = []
    for window in try PerplexityWindow.covering(tokens: ids.count, size: size, stride: stride) {
      found += try session.negativeLogLikelihoods(of: ids[window.tokens], from: window.firstScored)
      for place in window.scored {
        session.reset()
        let logits = try session.forward(Array(ids[window.tokens.lowerBound..<place]), logits: .last)
        expected.append(nats(logits[0], target: ids[place]))
      }
    }
    #expect(found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test func scoresThatTakeSeveralPassesAreTheSame() throws {
    let pool = try ThreadPool(threads: 2, placement: .free)
    let model = try Transformer.synthetic(SessionTests.shape, seed: 4, kernel: naive, head: .f16, pool: pool)
    let session = try Session(model: model, kernel: naive, pool: pool, context: 512)
    let ids = (0..<Int32(2 * Session.scoredRows + 3)).map { $0 * 7 % 50 }
    let all = try session.negativeLogLikelihoods(of: ids[...], from: 1)
    #expect(all.count == ids.count - 1)
    let later = try session.negativeLogLikelihoods(of: ids[...], from: 100)
    #expect(later == Array(all[99...]), "what is scored does not depend on where scoring begins")
    #expect(try session.negativeLogLikelihoods(of: ids[...], from: ids.count).isEmpty)
  }

  @Test(arguments: [(2, 1), (3, 2), (8, 3), (8, 8), (50, 25), (50, 1)])
  func everyTokenIsScoredOnceWithEnoughBeforeIt(size: Int, stride: Int) throws {
    for count in 2...70 {
      let windows = try PerplexityWindow.covering(tokens: count, size: size, stride: stride)
      let scored = windows.flatMap { Array($0.scored) }
      let unscored = stride == size ? Swift.stride(from: 0, to: count, by: size).map { $0 } : [0]
      #expect(scored == (0..<count).filter { !unscored.contains($0) })
      for window in windows {
        #expect(window.tokens.count <= size && window.firstScored > window.tokens.lowerBound)
        let before = window.firstScored - window.tokens.lowerBound
        #expect(window.tokens.lowerBound == 0 || before >= size - stride)
      }
    }
  }

  @Test func windowsThatAreNoneAreRefused() {
    let cases = [
      (10, 1, 1, "at least 2"), (10, 4, 0, "1...4"), (10, 4, 5, "1...4"), (1, 4, 2, "1 token is too"),
      (0, 4, 2, "0 tokens is too"),
    ]
    for (count, size, stride, says) in cases {
      let error = #expect(throws: EngineError.self) {
        try PerplexityWindow.covering(tokens: count, size: size, stride: stride)
      }
      #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
    }
  }

  @Test func idsOutsideTheVocabularyAreRefusedEvenWhereNothingIsPredictedFromThem() throws {
    let session = try session(Oracle(name: "bitnet2b_offline"))
    for ids: [Int32] in [[1, 2, 288], [1, 288, 2], [1, -1]] {
      let error = #expect(throws: EngineError.self) { try session.negativeLogLikelihoods(of: ids[...], from: 1) }
      #expect(error?.kind == .token)
    }
  }

  @Test func theMeanAndItsErrorsAreThoseOfTheFormulas() throws {
    // Nine numbers: three batches with means 1, 2 and 6.
    let score = Perplexity(nats: [0, 1, 2, 1, 2, 3, 5, 6, 7])
    #expect(score.natsPerToken == 3 && abs((score.perplexity ?? 0) - exp(3)) < 1e-12)
    #expect(abs(score.bitsPerToken - 3 / log(2)) < 1e-12)
    // Variance of the means 7, times 3 / 9; variance of the numbers 48 / 8, over 9.
    #expect(abs((score.standardErrorNats ?? 0) - (7.0 / 3).squareRoot()) < 1e-12)
    #expect(abs((score.standardErrorOfIndependentNats ?? 0) - (6.0 / 9).squareRoot()) < 1e-12)
    let error = try #require(score.standardError(ofMean: score.standardErrorNats))
    #expect(abs(error - exp(3) * (7.0 / 3).squareRoot()) < 1e-9)
  }

  @Test func whatCannotBeSaidIsNil() {
    let single = Perplexity(nats: [2])
    #expect(single.standardErrorNats == nil && single.standardErrorOfIndependentNats == nil)
    #expect(single.standardError(ofMean: nil) == nil && single.perplexity != nil)
    #expect(Perplexity(nats: [1, 2, 3]).standardErrorNats == nil)
    let absurd = Perplexity(nats: [1000, 2000, 1000, 2000])
    #expect(absurd.perplexity == nil && absurd.standardError(ofMean: absurd.standardErrorNats) == nil)
    #expect(absurd.natsPerToken == 1500 && absurd.standardErrorNats != nil)
  }

  @Test func logitsThatAreNotFiniteAreAnError() throws {
    let editor = try CheckpointEditor("llama158")
    // A head of its own whose rows for one id are the largest bf16.
    let head = try #require(editor.tensors["lm_head.weight"])
    let rowBytes = head.bytes.count / head.shape[0]
    let largest: [UInt8] = head.type == "F32" ? [0xff, 0xff, 0x7f, 0x7f] : [0x7f, 0x7f]
    let row = (0..<rowBytes).map { largest[$0 % largest.count] }
    editor.tensors["lm_head.weight"]?.bytes.replaceSubrange(3 * rowBytes..<4 * rowBytes, with: row)
    let path = try editor.write()
    let pool = try ThreadPool(threads: 1, placement: .free)
    let model = try Transformer.load(path: path, kernel: naive, pool: pool, hashing: false)
    let session = try Session(model: model, kernel: naive, pool: pool, context: 64)
    let error = #expect(throws: EngineError.self) { try session.negativeLogLikelihoods(of: [1, 2, 3, 4], from: 1) }
    #expect(error?.kind == .nonFinite && error?.description.contains("a logit before it") == true)
  }
}
