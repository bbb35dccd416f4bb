import Engine
import Kernels
import Testing

/// The engine against transformers: logits within 1e-4, the same greedy continuation, whatever computes them.
@Suite struct OracleTests {
  static let oracles = Oracle.names.map(Oracle.init)

  @Test(arguments: oracles, availableKernels)
  func logitsAndGreedyIdsAreThoseOfTransformers(oracle: Oracle, kernel: Kernel) throws {
    let expected = try oracle.expected
    let whole = try oracle.logits("full")
    let greedy = try oracle.logits("greedy")
    var first: [UInt32]?
    for placement in Placement.allCases {
      for threads in 1...4 {
        let pool = try ThreadPool(threads: threads, placement: placement, cpus: usableCPUs)
        let model = try Transformer.load(path: oracle.path, kernel: kernel, pool: pool, hashing: false)
        let session = try Session(model: model, kernel: kernel, pool: pool, context: 64)

        var view = try session.forward(expected.input_ids, logits: .all)
        #expect(view.rows == expected.input_ids.count && view.vocabulary == expected.vocab)
        let logits = view.values
        #expect(distance(logits, whole) < 1e-4)

        var ids: [Int32] = []
        for row in 0..<expected.greedy_ids.count {
          ids.append(view.argmax(view.rows - 1))
          view = try session.forward([ids[row]], logits: .last)
          #expect(distance(view.values, Array(greedy[row * view.vocabulary..<(row + 1) * view.vocabulary])) < 1e-4)
        }
        #expect(ids == expected.greedy_ids)

        first = first ?? bits(logits)
        #expect(bits(logits) == first, "\(threads) threads, \(placement), gave other bytes than one")
      }
    }
  }

  private func distance(_ one: [Float], _ other: [Float]) -> Float {
    one.count == other.count ? zip(one, other).reduce(0) { max($0, abs($1.0 - $1.1)) } : .infinity
  }
}
