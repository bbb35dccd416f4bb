import Engine
import Kernels

extension TrainingOperations {
  /// f = activation(gate) ∘ up: [rows, width].
  func gate(
    _ activation: TransformerShape.Activation, gate: UnsafePointer<Float>, up: UnsafePointer<Float>, rows: Int,
    width: Int, into f: UnsafeMutablePointer<Float>
  ) {
    forEachRow(rows) { row in
      let start = row * width
      switch activation {
      case .silu: vectors.siluMultiply(gate: gate + start, up: up + start, into: f + start, count: width)
      default: vectors.relu2Multiply(gate: gate + start, up: up + start, into: f + start, count: width)
      }
    }
  }

  /// The gradients of `gate`, in place of gate and up: dgate = df ∘ up ∘ activation′(gate), dup = df ∘ activation(gate).
  ///
  /// `work` holds 2·width floats for each thread.
  func gateBackward(
    _ activation: TransformerShape.Activation, df: UnsafePointer<Float>, gate: UnsafeMutablePointer<Float>,
    up: UnsafeMutablePointer<Float>, rows: Int, width: Int, work: UnsafeMutablePointer<Float>
  ) {
    pool.parallelRows(rows, multipleOf: 1) { thread, range in
      let (activated, ones) = (work + thread * 2 * width, work + thread * 2 * width + width)
      ones.update(repeating: 1, count: width)
      for row in range {
        let (gate, up, df) = (gate + row * width, up + row * width, df + row * width)
        if activation == .silu {
          vectors.siluMultiply(gate: gate, up: ones, into: activated, count: width)
          Self.siluBackward(df, gate, up, activated, width)
        } else {
          Self.relu2Backward(df, gate, up, width)
        }
      }
    }
  }

  /// With σ = silu(z) / z: silu′ = σ·(1 + z·(1 − σ)) = σ + silu·(1 − σ).
  private static func siluBackward(
    _ df: UnsafePointer<Float>, _ gate: UnsafeMutablePointer<Float>, _ up: UnsafeMutablePointer<Float>,
    _ activated: UnsafePointer<Float>, _ width: Int
  ) {
    for i in 0..<width {
      let (z, silu) = (gate[i], activated[i])
      let sigmoid = z == 0 ? 0.5 : silu / z
      gate[i] = df[i] * up[i] * (sigmoid + silu * (1 - sigmoid))
      up[i] = df[i] * silu
    }
  }

  /// (max(z, 0)²)′ = 2·max(z, 0).
  private static func relu2Backward(
    _ df: UnsafePointer<Float>, _ gate: UnsafeMutablePointer<Float>, _ up: UnsafeMutablePointer<Float>, _ width: Int
  ) {
    for i in 0..<width {
      let positive = gate[i] < 0 ? 0 : gate[i]
      gate[i] = df[i] * up[i] * (2 * positive)
      up[i] = df[i] * (positive * positive)
    }
  }
}
