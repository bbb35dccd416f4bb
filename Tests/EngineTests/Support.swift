import Engine
import Foundation
import Kernels
import Testing

/// A model with known logits; see Fixtures/README.md.
struct Oracle: Sendable, CustomTestStringConvertible {
  static let names = ["bitnet2b_offline", "bitnet2b_odd_offline", "bitnet2b_master_online", "llama158", "onebitllm"]

  struct Expected: Decodable {
    let input_ids: [Int32]
    let greedy_ids: [Int32]
    let vocab: Int
  }

  let name: String
  var testDescription: String { name }
  var path: String { Self.folder.appendingPathComponent(name).path }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")

  var expected: Expected {
    get throws { try JSONDecoder().decode(Expected.self, from: Data(contentsOf: file("expected.json"))) }
  }

  func logits(_ which: String) throws -> [Float] {
    try Data(contentsOf: file("logits_\(which).f32")).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
  }

  private func file(_ name: String) -> URL { URL(fileURLWithPath: path).appendingPathComponent(name) }
}

extension LogitsView {
  /// All logits, to outlive the view.
  var values: [Float] { (0..<rows).flatMap { Array(self[$0]) } }
}

/// Compared by bits: a NaN equals itself, and 0 differs from -0.
func bits(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }

let availableKernels = KernelRegistry.kernels.filter(\.isAvailable)
let naive = KernelRegistry.kernels.first { $0.name == "naive" }!

/// CPUs that a pool may be pinned to.
let usableCPUs = (0..<1024).filter { (try? ThreadPool(threads: 1, placement: .pinned, cpus: [$0])) != nil }
