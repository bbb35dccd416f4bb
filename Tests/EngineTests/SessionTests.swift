import Engine
import Kernels
import Testing

@Suite struct SessionTests {
  static let shape = TransformerShape(
    name: "small", hidden: 64, layers: 2, heads: 4, kvHeads: 2, headDim: 16, feedForward: 96, vocabulary: 50,
    activation: .relu2, subNorms: true, ropeTheta: 10_000, rmsNormEpsilon: 1e-5, context: 32, tiedEmbeddings: true)

  private func session(context: Int = 16) throws -> Session {
    let pool = try ThreadPool(threads: 2, placement: .free)
    let model = try Transformer.synthetic(Self.shape, seed: 1, kernel: naive, head: .f16, pool: pool)
    return try Session(model: model, kernel: naive, pool: pool, context: context)
  }

  @Test func resetForgetsEverything() throws {
    let session = try session()
    let first = try session.forward([1, 2, 3], logits: .all).values
    session.reset()
    #expect(session.position == 0)
    #expect(try session.forward([1, 2, 3], logits: .all).values == first)
  }

  @Test func truncateForgetsWhatCameAfter() throws {
    let session = try session()
    try session.forward([1, 2, 3], logits: .none)
    let expected = try session.forward([4], logits: .last).values
    try session.forward([9, 9], logits: .none)
    session.truncate(to: 3)
    #expect(session.position == 3)
    #expect(try session.forward([4], logits: .last).values == expected)
    session.truncate(to: 100)
    #expect(session.position == 4)
    session.truncate(to: -1)
    #expect(session.position == 0)
  }

  @Test func theContextCanBeFilledAndNotMore() throws {
    let session = try session(context: 16)
    try session.forward([Int32](repeating: 3, count: 16), logits: .last)
    let error = #expect(throws: EngineError.self) { try session.forward([3], logits: .last) }
    #expect(error?.kind == .context && error?.description.contains("16 tokens and 1 more") == true)
    session.reset()
    #expect(throws: EngineError.self) { try session.forward([Int32](repeating: 3, count: 17), logits: .last) }
    #expect(session.position == 0)
  }

  @Test(arguments: [Int32(50), -1, .max, .min]) func idsOutsideTheVocabularyAreRefused(id: Int32) throws {
    let session = try session()
    let error = #expect(throws: EngineError.self) { try session.forward([1, id], logits: .last) }
    #expect(error?.kind == .token && error?.description.contains("token 1 is id \(id)") == true)
    #expect(session.position == 0)
  }

  @Test(arguments: [Session.Logits.none, .last, .all]) func noIdsGiveNoLogits(logits: Session.Logits) throws {
    let session = try session()
    #expect(try session.forward([], logits: logits).rows == 0)
    #expect(session.position == 0)
  }

  @Test func aKernelOfAnotherPackingIsRefused() throws {
    let pool = try ThreadPool(threads: 1, placement: .free)
    let model = try Transformer.synthetic(Self.shape, seed: 1, kernel: naive, head: .f16, pool: pool)
    let other = try #require(availableKernels.first { $0.packing != naive.packing })
    let error = #expect(throws: EngineError.self) {
      try Session(model: model, kernel: other, pool: pool, context: 16)
    }
    #expect(error?.kind == .mismatch && error?.description.contains(other.id) == true)
  }

  @Test func sizesThatAreNoneAreRefused() throws {
    let pool = try ThreadPool(threads: 1, placement: .free)
    let model = try Transformer.synthetic(Self.shape, seed: 1, kernel: naive, head: .f16, pool: pool)
    for (context, batch) in [(0, 1), (-1, 1), (1, 0), (Int.max, 1)] {
      #expect(throws: EngineError.self) {
        try Session(model: model, kernel: naive, pool: pool, context: context, batch: batch)
      }
    }
  }

  @Test func equalLogitsGiveTheLowestId() throws {
    let pool = try ThreadPool(threads: 1, placement: .free)
    var shape = Self.shape
    shape.vocabulary = 2
    let model = try Transformer.synthetic(shape, seed: 1, kernel: naive, head: .f16, pool: pool)
    let session = try Session(model: model, kernel: naive, pool: pool, context: 16)
    let view = try session.forward([0], logits: .last)
    var sampler = Sampler(.greedy)
    #expect(sampler.next(view, row: 0) == (view[0][1] > view[0][0] ? 1 : 0))
  }

  /// What an observer heard.
  private final class Ear: ForwardObserver {
    var parts: [ForwardPart] = []
    var layers: [Int?] = []

    func finished(_ part: ForwardPart, layer: Int?) {
      parts.append(part)
      layers.append(layer)
    }
  }

  @Test func anObserverHearsEveryPartInOrder() throws {
    let session = try session()
    let expected = try session.forward([1, 2, 3], logits: .last).values
    session.reset()
    let ear = Ear()
    session.observer = ear
    #expect(try session.forward([1, 2, 3], logits: .last).values == expected)
    let layer: [ForwardPart] = [
      .attentionInput, .qkv, .rotation, .attention, .outputInput, .output, .feedForwardInput, .gateUp, .downInput,
      .down,
    ]
    #expect(ear.parts == [.embedding] + layer + layer + [.finalNorm, .head])
    #expect(ear.layers == [nil] + layer.map { _ in 0 } + layer.map { _ in 1 } + [nil, nil])
    ear.parts = []
    try session.forward([4, 5], logits: .none)
    #expect(ear.parts == [.embedding] + layer + [.attentionInput, .qkv, .rotation], "nobody wants the rest")
  }

  @Test func theMatricesAndTheHeadRunOnTheirOwn() throws {
    let session = try session()
    let before = try session.forward([1, 2], logits: .last).values
    session.runMatrices(batch: 1)
    session.runMatrices(batch: 40)
    try session.runHead(batch: 1)
    try session.runHead(batch: 40)
    session.reset()
    #expect(try session.forward([1, 2], logits: .last).values == before)
  }
}
