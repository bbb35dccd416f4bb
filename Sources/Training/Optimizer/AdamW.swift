import Engine
import Foundation

/// AdamW: Adam with decoupled weight decay (Loshchilov and Hutter, arXiv:1711.05101, algorithm 2).
///
///     m = β₁·m + (1 − β₁)·g    v = β₂·v + (1 − β₂)·g²
///     w = w − lr·(m̂ / (√v̂ + ε) + decay·w),   m̂ = m / (1 − β₁ᵗ),   v̂ = v / (1 − β₂ᵗ)
///
/// Norms are not decayed: their weights have no reason to be small.
public struct AdamW: Sendable, Equatable {
  /// The decay of the running mean of gradients.
  public var beta1: Double = 0.9
  /// The decay of the running mean of squared gradients; BitNet b1.58's 0.95 forgets faster than Adam's 0.999.
  public var beta2: Double = 0.95
  /// What keeps the quotient finite.
  public var epsilon: Double = 1e-8

  /// Makes the optimiser of BitNet b1.58.
  public init() {}

  /// One step for all parameters; `step` counts from 1, and `factor` scales the gradients (clipping).
  func step(
    _ parameters: Parameters, step: Int, learningRate: Double, weightDecay: Double, factor: Double, pool: ThreadPool
  ) {
    let (b1, b2) = (Float(beta1), Float(beta2))
    let correction1 = Float(1 / (1 - pow(beta1, Double(step))))
    let correction2 = Float(1 / (1 - pow(beta2, Double(step))))
    let (rate, epsilon, factor) = (Float(learningRate), Float(epsilon), Float(factor))
    for entry in parameters.layout.entries {
      let shrink = entry.kind == .norm ? 1 : Float(1 - learningRate * weightDecay)
      // Eight at a time, as square roots and quotients one by one are a tenth of a step. The last eight may reach into the
      // gap behind the tensor, where all is zero and stays so.
      pool.parallelRows(entry.count, multipleOf: 1024) { _, range in
        let start = entry.offset + range.lowerBound
        let eights = (range.count + 7) / 8
        func eight(_ buffer: Floats) -> UnsafeMutablePointer<SIMD8<Float>> {
          UnsafeMutableRawPointer(buffer.address + start).assumingMemoryBound(to: SIMD8<Float>.self)
        }
        let (w, g) = (eight(parameters.masters), eight(parameters.gradients))
        let (m, v) = (eight(parameters.firstMoments), eight(parameters.secondMoments))
        for i in 0..<eights {
          let gradient = g[i] * factor
          m[i] = b1 * m[i] + (1 - b1) * gradient
          v[i] = b2 * v[i] + (1 - b2) * (gradient * gradient)
          w[i] = w[i] * shrink - rate * (m[i] * correction1) / ((v[i] * correction2).squareRoot() + epsilon)
        }
      }
    }
  }
}

extension Parameters {
  /// Floats that one sum of squares goes through: the cut does not depend on the threads.
  private static let squaresPerSum = 1 << 16

  /// The Euclidean norm of all gradients together.
  func gradientNorm(pool: ThreadPool) -> Double {
    let pieces = (layout.count + Self.squaresPerSum - 1) / Self.squaresPerSum
    var sums = [Double](repeating: 0, count: pieces)
    sums.withUnsafeMutableBufferPointer { sums in
      let sums = sums
      pool.parallelItems(pieces) { _, piece in
        let first = piece * Self.squaresPerSum
        sums[piece] = Self.sumOfSquares(
          gradients.address + first, count: min(Self.squaresPerSum, layout.count - first))
      }
    }
    return sums.reduce(0, +).squareRoot()
  }

  private static func sumOfSquares(_ x: UnsafePointer<Float>, count: Int) -> Double {
    // Four sums, as an addition takes four cycles and the next may not begin before.
    var sums = SIMD4<Double>(repeating: 0)
    let whole = count & ~3
    for i in stride(from: 0, to: whole, by: 4) {
      let four = SIMD4<Double>(SIMD4<Float>(x[i], x[i + 1], x[i + 2], x[i + 3]))
      sums += four * four
    }
    var sum = sums.sum()
    for i in whole..<count { sum += Double(x[i]) * Double(x[i]) }
    return sum
  }
}
