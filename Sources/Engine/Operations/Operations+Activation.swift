import Kernels

extension Operations {
  /// gate = activation(gate)·up, element by element.
  ///
  /// Both are a thread's own rows: aligned, with room to a multiple of eight.
  func activate(gate: UnsafeMutablePointer<Float>, up: UnsafePointer<Float>, count: Int) {
    switch shape.activation {
    case .relu2: vectors.relu2Multiply(gate: gate, up: up, into: gate, count: count)
    case .silu: siluMultiply(gate: gate, up: up, count: count)
    }
  }

  /// silu(z) = z / (1 + e^−z).
  ///
  /// What lies past `count` is computed too and never read.
  private func siluMultiply(gate: UnsafeMutablePointer<Float>, up: UnsafePointer<Float>, count: Int) {
    let gate = UnsafeMutableRawPointer(gate).assumingMemoryBound(to: SIMD8<Float>.self)
    let up = UnsafeRawPointer(up).assumingMemoryBound(to: SIMD8<Float>.self)
    for i in 0..<(count + 7) / 8 {
      gate[i] = gate[i] / (1 + exponential(-gate[i])) * up[i]
    }
  }
}
