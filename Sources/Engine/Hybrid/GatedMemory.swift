import Kernels

/// A gated memory unit (arXiv:2507.06607): out = W_out·(m ⊙ silu(W_in·x)), with the memory m of the same token.
struct GatedMemory: Sendable {
  // hidden → channels
  let input: Linear
  // channels → hidden
  let output: Linear

  /// out = m ⊙ silu(gate): [tokens, channels]; gate [tokens, stride].
  func gate(
    _ gate: UnsafePointer<Float>, memory: UnsafePointer<Float>, tokens: Int, into out: UnsafeMutablePointer<Float>,
    _ op: Operations
  ) {
    let channels = input.parts[0]
    op.pool.parallelItems(tokens) { _, token in
      op.vectors.siluMultiply(
        gate: gate + token * input.stride, up: memory + token * channels, into: out + token * channels,
        count: channels)
    }
  }
}
