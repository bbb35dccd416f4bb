import Engine
import Foundation
import Kernels
import Machine
import Meters
import ModelFiles
import Records
import Suites
import Testing

@testable import Harness

@Suite struct TimeBreakdownTests {
  // MARK: When it is taken

  @Test("a cell is profiled once, behind its last window, and no window grows by it", arguments: [true, false])
  func once(isProfiled: Bool) throws {
    let rig = try Rig(repetitions: 3, isProfiled: isProfiled)
    let record = try rig.run()
    for cell in record.cells {
      let calls = rig.contender.log.filter { $0.contains(cell.id) && !$0.hasPrefix("prepare") }
      #expect(calls.filter { $0.hasPrefix("profile") }.count == (isProfiled ? 1 : 0))
      #expect(calls.last?.hasPrefix(isProfiled ? "profile" : "run") == true)
      #expect((cell.timeBreakdown != nil) == isProfiled)
      #expect(cell.samples.count == 3 && cell.samples.allSatisfy { $0.metrics["time_wall_ns"] == 1e9 })
    }
    #expect((record.overhead?.timeProfileNs != nil) == isProfiled)
  }

  @Test("a pass that fails leaves the repetitions as they are, with a warning")
  func failure() throws {
    let ids = try Rig().plan().cells.map(\.id)
    let rig = try Rig(isProfiled: true, behaviours: [ids[0]: .cannotBeProfiled("out of breath")])
    let record = try rig.run()
    #expect(record.cells[0].outcome == .ok && record.cells[0].samples.count == 3)
    #expect(record.cells[0].timeBreakdown == nil && record.cells[0].warnings == ["W-profile"])
    #expect(record.warning("W-profile")?.message.contains("out of breath") == true)
    #expect(record.cells[1].timeBreakdown != nil && record.cells[1].warnings.isEmpty)
  }

  @Test("a cell with the wrong output is not asked where its time goes")
  func wrongOutput() throws {
    let rig = try Rig(isProfiled: true, expect: "right")
    #expect(try rig.run().cells.allSatisfy { $0.timeBreakdown == nil && $0.outcome.state == "failed" })
  }

  @Test("a run that goes on where it was interrupted profiles behind the last window all the same")
  func resumed() throws {
    let rig = try Rig(phases: ["probe:read"], repetitions: 3, order: .sequential, isProfiled: true)
    var half = try rig.run()
    half.cells[0].timeBreakdown = nil
    half.cells[0].samples.removeLast()
    half.status = .interrupted
    #expect(try rig.run(continuing: half).cells[0].timeBreakdown != nil)
  }

  // MARK: What it holds

  @Test("every part of a forward pass has a name of its own in records, under the same words")
  func names() throws {
    #expect(ForwardPart.allCases.map(\.operation).sorted() == ForwardOperation.all.map(\.name).sorted())
    for part in ForwardPart.allCases {
      let operation = try #require(ForwardOperation.all.first { $0.name == part.operation })
      #expect(operation.title == part.rawValue)
      #expect(part.isMatrix == [.products, .head].contains(operation.kind), "\(operation.name)")
    }
  }

  private static let shape = TransformerShape(
    name: "small", hidden: 64, layers: 2, heads: 4, kvHeads: 2, headDim: 16, feedForward: 96, vocabulary: 50,
    activation: .relu2, subNorms: true, ropeTheta: 10_000, rmsNormEpsilon: 1e-5, context: 64, tiedEmbeddings: true)

  private func workload(_ label: String) throws -> (workload: SessionWorkload, session: Session) {
    let pool = try ThreadPool(threads: 2, placement: .free)
    let kernel = try KernelRegistry.resolve("naive")
    let plan = KernelPlan(kernel)
    let model = try Transformer.synthetic(Self.shape, seed: 1, kernels: plan, head: .f16, pool: pool)
    let session = try Session(model: model, kernels: plan, pool: pool, context: 48, batch: 8)
    let need = MemoryNeed.of(
      Self.shape, kernels: plan, head: .f16, context: 48, batch: 8, threads: 2, cacheFormat: .f32)
    let identity = ModelIdentity(
      name: "small", format: "synthetic", parameters: Self.shape.parameters,
      ternaryParameters: Self.shape.ternaryParameters, head: "f16")
    let workload = try SessionWorkload(
      session: session, model: model, identity: identity, kernels: plan, phase: PhaseRecord(label: label), pool: pool,
      need: need, interrupt: Interrupt())
    try workload.prime()
    _ = try workload.run(iterations: 1)
    return (workload, session)
  }

  @Test("the operations of a pass lie inside it, all of them, and the observer is gone afterwards")
  func pass() throws {
    for label in ["tg4", "pp20", "pp20+tg4", "tg4@d7"] {
      let (workload, session) = try workload(label)
      let digest = workload.digest()
      let breakdown = try #require(try workload.timeBreakdown())
      #expect(breakdown.tokens == workload.facts.tokensPerIteration, "\(label)")
      // A transformer has all thirteen of its own, and none of another kind of model.
      #expect(breakdown.operations.count == 13 && !breakdown.operations.contains { $0.kind == .recurrence }, "\(label)")
      #expect(breakdown.timeByOperationNs.values.allSatisfy { $0 > 0 } && breakdown.timeBetweenNs >= 0, "\(label)")
      #expect(breakdown.forkJoins > 0 && session.observer == nil, "\(label)")
      let kinds = try #require(breakdown.timeByLayerKindNs)
      #expect(Set(kinds.keys) == ["full", "mlp", "embedding_head"])
      #expect(kinds.values.reduce(0, +) == breakdown.timeByOperationNs.values.reduce(0, +))
      #expect(workload.digest() == digest, "the same work gives the same output")
    }
    #expect(try workload("gemv").workload.timeBreakdown() == nil)
    #expect(try workload("head").workload.timeBreakdown() == nil)
  }

  @Test("a hybrid's layers are told apart, and its feed-forwards from all of them")
  func layerKinds() {
    let shape = HybridShape(
      name: "small", hidden: 64, layers: 8, heads: 4, kvHeads: 2, feedForward: 96, vocabulary: 50, window: 4,
      channels: 64, state: 4, convolution: 4, deltaRank: 4, layerNormEpsilon: 1e-5, context: 64, tiedEmbeddings: true)
    let timer = ForwardTimer(shape)
    timer.start()
    for _ in 0..<2 {
      timer.began()
      timer.finished(.embedding, layer: nil)
      for layer in 0..<8 {
        for part in [ForwardPart.layerNorm, .output, .layerNorm, .gateUp, .down] { timer.finished(part, layer: layer) }
      }
      timer.finished(.head, layer: nil)
    }
    let kinds = timer.timesByLayerKindNs
    #expect(Set(kinds.keys) == Set(ForwardLayerKind.all.map(\.name)))
    #expect(kinds.values.reduce(0, +) == timer.timesNs.values.reduce(0, +))
    #expect(
      HybridShape.LayerKind.allCases.allSatisfy { kind in ForwardLayerKind.all.contains { $0.name == kind.rawValue } })
  }

  @Test("a depth is filled and not computed, and the record says so, with what the cache costs there")
  func cacheFacts() throws {
    let deep = try workload("tg4@d7").workload.facts.constants
    // Two layers, two heads of 16, keys and values, floats; positions 7 to 10 see 8 to 11.
    let position: Double = 2 * 2 * 32 * 4
    #expect(deep["cache_filled_tokens"] == 7)
    #expect(deep["cache_added_bytes_per_token"] == position)
    #expect(deep["cache_read_bytes_per_token"] == 9.5 * position)
    let prompt = try workload("pp20").workload.facts.constants
    #expect(prompt["cache_filled_tokens"] == nil && prompt["cache_read_bytes_per_token"] == nil)
  }

  @Test("a prompt reads the weights once per batch, and in the last layer only keys and values but for the last batch")
  func promptBytes() throws {
    let (workload, session) = try workload("pp20")
    let model = session.model
    let kernel = try KernelRegistry.resolve("naive")
    let behindKeys = try Self.shape.matrices.filter { $0.role != .qkv }
      .reduce(0) { $0 + (try kernel.packing.bytes(rows: $1.rows, columns: $1.columns)) }
    // Twenty tokens are batches of 8, 8 and 4.
    let expected = 3 * model.matrixBytes - 2 * behindKeys + model.headBytes
    #expect(workload.facts.bytesPerIteration == expected)
    #expect(model.promptBytes(tokens: 8, batch: 8) == model.matrixBytes + model.headBytes)
    #expect(model.promptBytes(tokens: 0, batch: 8) == 0)
    let both = try self.workload("pp20+tg4").workload.facts.bytesPerIteration
    #expect(both == expected + 4 * (model.matrixBytes + model.headBytes))
  }
}
