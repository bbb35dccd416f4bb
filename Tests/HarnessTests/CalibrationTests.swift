import Engine
import Foundation
import Kernels
import Machine
import Testing

@testable import Harness

@Suite struct CalibrationTests {
  private static let names = TransformerShape.Role.allCases.map(\.name)

  private func calibration(_ timings: [Calibration.Timing]) -> Calibration {
    Calibration(matrices: Self.names.map { .init(name: $0, columns: 1, rows: 1, timings: timings) })
  }

  @Test func theFastestSingleVectorDecidesThePackingAndTheFastestBatchTheRest() throws {
    let plan = try #require(
      calibration([
        .init(kernel: "simd@portable", singleNs: 10, batchNs: 900),
        .init(kernel: "tiled@portable", singleNs: 20, batchNs: 500),
        .init(kernel: "naive@portable", singleNs: 15, batchNs: 100),
      ]).plan(name: "auto"))
    #expect(plan[.down].single.id == "simd@portable")
    #expect(plan[.down].batch.id == "tiled@portable")
    #expect(plan.choicesText == "one vector: simd@portable; batches: tiled@portable")
  }

  @Test func aKernelThatThisBuildLacksMakesTheCalibrationWorthless() {
    #expect(calibration([.init(kernel: "simd@abacus", singleNs: 1, batchNs: 1)]).plan(name: "auto") == nil)
    #expect(Calibration(matrices: []).plan(name: "auto") == nil)
    #expect(calibration([]).plan(name: "auto") == nil)
  }

  @Test func whatIsKeptIsFoundAgainAndGarbageIsNot() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "tern-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let store = CalibrationStore(path: folder + "/deep/calibration.json")
    let kept = calibration([.init(kernel: "simd@portable", singleNs: 10, batchNs: 900)])
    #expect(store.keep(kept, as: "a") != nil)
    #expect(store.keep(kept, as: "b") != nil)
    #expect(store.calibration("a") == kept)
    #expect(store.calibration("c") == nil)
    let whole = try #require(FileManager.default.contents(atPath: store.path!))
    for count in stride(from: 0, to: whole.count, by: 37) {
      #expect(FileManager.default.createFile(atPath: store.path!, contents: whole.prefix(count)))
      #expect(store.calibration("a") == nil)
    }
    #expect(store.keep(kept, as: "a") != nil)
    #expect(store.calibration("a") == kept)
    #expect(CalibrationStore(path: nil).keep(kept, as: "a") == nil)
    #expect(CalibrationStore(path: "/proc/nowhere/calibration.json").keep(kept, as: "a") == nil)
  }

  @Test func measuringCoversEveryMatrixAndIsUsedTheSecondTime() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "tern-\(UUID().uuidString).json").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let notes = Notes()
    let selector = KernelSelector(machine: Machine(), build: "test", store: CalibrationStore(path: path)) {
      notes.add($0)
    }
    let shape = TransformerShape(
      name: "small", hidden: 64, layers: 2, heads: 2, kvHeads: 1, headDim: 32, feedForward: 96, vocabulary: 40,
      activation: .relu2, subNorms: true, ropeTheta: 10_000, rmsNormEpsilon: 1e-5, context: 64, tiedEmbeddings: true)
    let pool = try ThreadPool(threads: 1, placement: .free)
    let first = try selector.plan("auto", for: shape, pool: pool)
    let second = try selector.plan("auto", for: shape, pool: pool)
    #expect(first == second)
    #expect(first.kernels.allSatisfy { $0.isAvailable && $0.packing.bitsPerWeight <= 2 })
    #expect(notes.all.map { $0.contains("calibrated") } == [true, false])
    #expect(try selector.plan("simd", for: shape, pool: pool).single?.name == "simd")
    #expect(throws: KernelError.self) { try selector.plan("smid", for: shape, pool: pool) }
  }

  @Test func aShapeIsTrimmedToWhatTheCacheCannotHold() throws {
    let shape = try Zoo.shape(named: "bitnet-2b-4t")
    let trimmed = Calibration.trim(shape, cacheBytes: 32 << 20)
    #expect(trimmed.layers < shape.layers)
    #expect(trimmed.ternaryParameters / 4 > 64 << 20)
    #expect(Calibration.trim(shape, cacheBytes: 1 << 40).layers == shape.layers)
    #expect(Calibration.trim(shape, cacheBytes: 0).layers == 1)
  }
}

extension KernelSelector {
  /// Knows the kernels of this build, keeps nothing and says nothing.
  static var unkept: KernelSelector {
    KernelSelector(machine: Machine(), build: "test", store: CalibrationStore(path: nil)) { _ in }
  }
}

/// Lines that a selector said.
private final class Notes: @unchecked Sendable {
  private let lock = NSLock()
  private var lines: [String] = []
  var all: [String] { lock.withLock { lines } }
  func add(_ line: String) { lock.withLock { lines.append(line) } }
}
