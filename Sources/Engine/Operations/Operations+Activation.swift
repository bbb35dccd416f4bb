import Kernels

extension Operations {
  /// gate = activation(gate)·up, element by element.
  func activate(gate: UnsafeMutablePointer<Float>, up: UnsafePointer<Float>, count: Int) {
    switch choices.activation {
    case .relu2: vectors.relu2Multiply(gate: gate, up: up, into: gate, count: count)
    case .gelu: vectors.geluMultiply(gate: gate, up: up, into: gate, count: count)
    case .silu: vectors.siluMultiply(gate: gate, up: up, into: gate, count: count)
    }
  }
}
