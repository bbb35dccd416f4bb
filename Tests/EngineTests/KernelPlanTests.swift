import Kernels
import Testing

@testable import Engine

/// Another kernel for each matrix and batch gives the same bytes as one for all.
@Suite struct KernelPlanTests {
  private static func kernel(_ name: String) throws -> Kernel { try KernelRegistry.resolve(name) }

  private func mixed() throws -> KernelPlan {
    let simd = try Self.kernel("simd")
    let tiled = try Self.kernel("tiled")
    let split = try #require(KernelPlan.Choice(single: simd, batch: tiled, batchFrom: 5))
    return KernelPlan(name: "mixed") { role in
      switch role {
      case .qkv: split
      case .output: KernelPlan(naive)[.output]
      case .gateUp: KernelPlan(tiled)[.gateUp]
      case .down: split
      }
    }
  }

  @Test(arguments: ExactnessTests.shapes, [[41], [4, 5, 1], [1]])
  func aMixedPlanGivesTheSameBytes(shape: TransformerShape, pieces: [Int]) throws {
    func logits(_ kernels: KernelPlan) throws -> [UInt32] {
      let pool = try ThreadPool(threads: 3, placement: .free)
      let model = try Transformer.synthetic(shape, seed: 7, kernels: kernels, head: .f16, pool: pool)
      let session = try Session(model: model, kernels: kernels, pool: pool, context: 64)
      return bits(try pieces.flatMap { try session.forward([Int32](repeating: 1, count: $0), logits: .all).values })
    }
    #expect(try logits(mixed()) == logits(KernelPlan(naive)))
  }

  @Test func kernelsOfOneMatrixShareAPacking() throws {
    #expect(KernelPlan.Choice(single: naive, batch: try Self.kernel("simd"), batchFrom: 2) == nil)
  }

  @Test func thePlanSaysWhatItIsMadeOf() throws {
    #expect(KernelPlan(naive).single == naive)
    let mixed = try mixed()
    #expect(mixed.single == nil)
    #expect(Set(mixed.kernels.map(\.name)) == ["naive", "simd", "tiled"])
    #expect(mixed[.qkv].kernel(vectors: 4).name == "simd")
    #expect(mixed[.qkv].kernel(vectors: 5).name == "tiled")
  }

  @Test func aModelOfOtherPackingsIsRefused() throws {
    let pool = try ThreadPool(threads: 1, placement: .free)
    let plan = try mixed()
    let model = try Transformer.synthetic(ExactnessTests.shapes[1], seed: 7, kernels: plan, head: .f16, pool: pool)
    #expect(throws: EngineError.self) {
      try Session(model: model, kernels: KernelPlan(Self.kernel("simd")), pool: pool, context: 8)
    }
  }
}
