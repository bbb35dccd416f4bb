import Foundation
import Kernels

/// Cosines and sines of rotary positions (arXiv:2104.09864): angle p·θ^(−2i/d) for position p and pair i < d/2.
///
/// Factors, where a model has them, divide the angles of their pairs. Angles are computed in Double, so that large
/// positions lose nothing before the one rounding to Float.
struct RotaryTable {
  /// Pairs of one head, d/2.
  let half: Int
  private let buffer: AlignedBuffer

  init(headDim: Int, theta: Double, factors: [Float]? = nil, context: Int, pool: ThreadPool) throws {
    half = headDim / 2
    buffer = try AlignedBuffer(bytes: Self.bytes(headDim: headDim, context: context))
    let frequencies = (0..<half).map { pow(theta, -2 * Double($0) / Double(headDim)) / Double(factors?[$0] ?? 1) }
    let (half, table) = (half, buffer.address.assumingMemoryBound(to: Float.self))
    pool.parallelRows(context, multipleOf: 1) { _, positions in
      for position in positions {
        let row = table + position * 2 * half
        for i in 0..<half {
          let angle = Double(position) * frequencies[i]
          row[i] = Float(cos(angle))
          row[half + i] = Float(sin(angle))
        }
      }
    }
  }

  static func bytes(headDim: Int, context: Int) -> Int {
    saturatingProduct([context, headDim, MemoryLayout<Float>.stride])
  }

  // [half]
  func cosines(_ position: Int) -> UnsafePointer<Float> {
    UnsafePointer(buffer.address.assumingMemoryBound(to: Float.self) + position * 2 * half)
  }

  // [half]
  func sines(_ position: Int) -> UnsafePointer<Float> { cosines(position) + half }
}
