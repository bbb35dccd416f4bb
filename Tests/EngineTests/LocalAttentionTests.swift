import Engine
import Kernels
import ModelFiles
import Testing

/// Layers that see a window of positions: long enough here that attention goes by in several tiles.
@Suite struct LocalAttentionTests {
  private static let length = 600

  private func shape(window: Int?, layers: Int = 1) -> TransformerShape {
    var shape = SessionTests.shape
    shape.layers = layers
    shape.context = 1024
    shape.localAttention = window.flatMap {
      LocalAttention(
        window: $0, ropeTheta: shape.ropeTheta, isLocal: (0..<layers).map { $0.isMultiple(of: 2) })
    }
    return shape
  }

  private func session(_ shape: TransformerShape, threads: Int = 2, batch: Int = 512) throws -> Session {
    let pool = try ThreadPool(threads: threads, placement: .free)
    let model = try Transformer.synthetic(shape, seed: 5, kernel: naive, head: .f16, pool: pool)
    return try Session(model: model, kernel: naive, pool: pool, context: Self.length, batch: batch)
  }

  private var ids: [Int32] { (0..<Int32(Self.length)).map { $0 * 31 % 50 } }

  @Test(arguments: [1, 255, 256, 257, 300, 599])
  func whatIsBeforeTheWindowDoesNotMatterAndWhatIsInItDoes(window: Int) throws {
    let session = try session(shape(window: window))
    func last(changing place: Int?) throws -> [UInt32] {
      var ids = ids
      if let place { ids[place] = (ids[place] + 1) % 50 }
      session.reset()
      return bits(try session.forward(ids, logits: .last).values)
    }
    let expected = try last(changing: nil)
    for place in 0..<Self.length - window where place % 97 == 0 || place == Self.length - window - 1 {
      #expect(try last(changing: place) == expected, "position \(place) was seen")
    }
    #expect(try last(changing: Self.length - window) != expected, "the first position of the window was not seen")
  }

  @Test(arguments: [3, 200, 256, 290, 500])
  func bytesDoNotDependOnHowIdsAreSplit(window: Int) throws {
    let shape = shape(window: window, layers: 2)
    let expected = bits(try session(shape).forward(ids, logits: .all).values)
    for (threads, batch) in [(1, 7), (3, 64)] {
      let pieces = try session(shape, threads: threads, batch: batch)
      #expect(bits(try pieces.forward(ids, logits: .all).values) == expected, "pieces of \(batch)")
    }
    let single = try session(shape)
    try single.forward(Array(ids.dropLast(20)), logits: .none)
    var found: [UInt32] = []
    for id in ids.suffix(20) { found += bits(try single.forward([id], logits: .last).values) }
    #expect(found == Array(expected.suffix(found.count)))
  }

  @Test func aWindowOfTheWholeContextIsNone() throws {
    let all = bits(try session(shape(window: nil)).forward(ids, logits: .all).values)
    for window in [Self.length, 4096] {
      #expect(bits(try session(shape(window: window)).forward(ids, logits: .all).values) == all)
    }
    #expect(bits(try session(shape(window: 599)).forward(ids, logits: .all).values) != all)
  }

  @Test func localLayersTurnAtTheirOwnSpeed() throws {
    var slow = shape(window: 4096, layers: 2)
    let expected = try session(slow).forward([1, 2, 3], logits: .last).values
    slow.localAttention?.ropeTheta = 100
    #expect(try session(slow).forward([1, 2, 3], logits: .last).values != expected)
  }

  @Test func aShapeThatContradictsItselfIsRefused() {
    let changes: [(says: String, change: (inout TransformerShape) -> Void)] = [
      ("sees 0 positions", { $0.localAttention?.window = 0 }),
      ("2 layers are said", { $0.localAttention?.isLocal = [true, false] }),
      ("ropeTheta of local layers is nan", { $0.localAttention?.ropeTheta = .nan }),
      ("embeddingScale is 0.0", { $0.embeddingScale = 0 }),
      ("attentionScale is inf", { $0.attentionScale = .infinity }),
      ("inputNormEpsilon is -1.0", { $0.inputNormEpsilon = -1 }),
    ]
    for (says, change) in changes {
      var shape = shape(window: 5)
      change(&shape)
      let error = #expect(throws: EngineError.self) { try shape.validate() }
      #expect(error?.kind == .shape && error?.description.contains(says) == true, "\(error?.description ?? "")")
    }
  }
}
