import Kernels

/// The forward pass of SambaY (arXiv:2507.06607), for T tokens at positions p, p+1, …
///
/// D = hidden, C = channels, S = state, R = rank of Δ, H = heads, G = key heads, d = head, F = feed-forward. Activations
/// are floats throughout; where a W is ternary, its input is rounded to int8.
extension HybridPass {
  /// Runs all layers; behind the keys and values of the full attention nobody looks at other tokens than the last
  /// `wanted`: they go no further.
  func forward(_ ids: ArraySlice<Int32>, at p: Int, wanted: Int) throws {
    let D = shape.hidden
    var (T, p, x, memory) = (ids.count, p, x, memory)
    guard T > 0 else { return }
    observer?.began()
    extend(to: p + T)
    var (mambas, windows) = (0, 0)

    op.embed(ids, weights.embedding, scale: 1, into: x)  // x [T, D]
    observer?.finished(.embedding, layer: nil)

    for (l, layer) in weights.layers.enumerated() {
      let site = Site(layer: l, input: "the mixer")
      try op.normalise(x, tokens: T, norm: layer.mixerNorm, ones: ones, into: normed, at: site)  // [T, D]
      observer?.finished(.layerNorm, layer: l)

      // x += mixer(norm(x))
      switch layer.mixer {
      case .mamba(let mamba):
        // The last one's y, before the gate, is the memory of the units behind it.
        let isLast = l == shape.memoryLayer
        try mix(mamba, layer: l, index: mambas, tokens: T, memory: isLast ? memory : nil, addingTo: x)
        mambas += 1
      case .window(let attention):
        let qkv = attention.query
        try linear.multiply(qkv, normed, tokens: T, into: projected, at: site)  // [T, H·d | G·d | G·d]
        observer?.finished(.qkv, layer: l)
        nearby.store(
          keys: projected + qkv.starts[1], values: projected + qkv.starts[2], stride: qkv.stride, layer: windows,
          position: p, tokens: T)
        nearby.attend(attention, queries: projected, layer: windows, position: p, tokens: T, into: mixed)  // [T, H·d]
        try add(attention.output, layer: l, tokens: T, to: x)
        windows += 1
      case .full(let attention):
        guard let keyValue = attention.keyValue else { preconditionFailure("the full attention has keys") }
        try linear.multiply(keyValue, normed, tokens: T, into: projected, at: site)  // [T, G·d | G·d]
        everywhere.store(
          keys: projected, values: projected + keyValue.starts[1], stride: keyValue.stride, layer: 0, position: p,
          tokens: T)
        observer?.finished(.qkv, layer: l)
        let dropped = T - wanted
        (p, x, memory) = (p + dropped, x + dropped * D, memory + dropped * shape.channels)
        T = wanted
        if T == 0 { return }
        try look(attention, from: normed + dropped * D, layer: l, position: p, tokens: T, addingTo: x)
      case .cross(let attention):
        try look(attention, from: normed, layer: l, position: p, tokens: T, addingTo: x)
      case .gatedMemory(let unit):
        try linear.multiply(unit.input, normed, tokens: T, into: projected, at: site)  // [T, C]
        observer?.finished(.mixerInput, layer: l)
        unit.gate(projected, memory: memory, tokens: T, into: mixed, op)  // [T, C]
        observer?.finished(.memoryGate, layer: l)
        try linear.multiply(unit.output, mixed, tokens: T, addingTo: x, at: Site(layer: l, input: "the mixer's output"))
        observer?.finished(.output, layer: l)
      }

      // x += W_down · (silu(W_gate·norm(x)) ⊙ (W_up·norm(x)))
      let feedForward = Site(layer: l, input: "gate and up")
      try op.normalise(x, tokens: T, norm: layer.feedForwardNorm, ones: ones, into: normed, at: feedForward)
      observer?.finished(.layerNorm, layer: l)
      try linear.multiplyGated(layer.gateUp, normed, tokens: T, into: mixed, at: feedForward)  // [T, F]
      observer?.finished(.gateUp, layer: l)
      try linear.multiply(layer.down, mixed, tokens: T, addingTo: x, at: Site(layer: l, input: "down"))  // x [T, D]
      observer?.finished(.down, layer: l)
    }
  }

  /// x += W_out · (scan(silu(conv(u))) ⊙ silu(z)), [u | z] = W_in · norm(x).
  private func mix(
    _ layer: Mamba, layer l: Int, index: Int, tokens T: Int, memory: UnsafeMutablePointer<Float>?,
    addingTo x: UnsafeMutablePointer<Float>
  ) throws {
    let R = shape.deltaRank
    try linear.multiply(
      layer.input, normed, tokens: T, into: projected, at: Site(layer: l, input: "the mixer"))  // [T, C | C]
    observer?.finished(.mixerInput, layer: l)
    mamba.convolve(layer, projected, tokens: T, tail: state.tail(index), into: convolved)  // [T, C]
    observer?.finished(.convolution, layer: l)
    try linear.multiply(
      layer.selection, convolved, tokens: T, into: selected, at: Site(layer: l, input: "x"))  // [T, R | S | S]
    observer?.finished(.selection, layer: l)
    for token in 0..<T {  // [T, R], where `normed` was
      (normed + token * R).update(from: selected + token * layer.selection.stride, count: R)
    }
    mamba.scan(
      layer, narrow: normed, convolved: convolved, selected: selected, projected: projected, tokens: T,
      hidden: state.hidden(index), delta: work, memory: memory, into: mixed)  // [T, C]
    observer?.finished(.scan, layer: l)
    try linear.multiply(layer.output, mixed, tokens: T, addingTo: x, at: Site(layer: l, input: "the mixer's output"))
    observer?.finished(.output, layer: l)
  }

  /// x += W_o · attention(W_q·y), to the keys and values of the full attention.
  private func look(
    _ attention: DifferentialAttention, from y: UnsafePointer<Float>, layer l: Int, position: Int, tokens T: Int,
    addingTo x: UnsafeMutablePointer<Float>
  ) throws {
    try linear.multiply(
      attention.query, y, tokens: T, into: projected, at: Site(layer: l, input: "the mixer"))  // [T, H·d]
    observer?.finished(.qkv, layer: l)
    // Every other layer goes through the one cache backwards: what the one before it read last is still near.
    everywhere.attend(
      attention, queries: projected, layer: 0, position: position, tokens: T, isBackwards: l / 2 % 2 == 1,
      into: mixed)  // [T, H·d]
    try add(attention.output, layer: l, tokens: T, to: x)
  }

  /// x += W_o · mixed + b.
  private func add(_ output: Linear, layer l: Int, tokens T: Int, to x: UnsafeMutablePointer<Float>) throws {
    observer?.finished(.attention, layer: l)
    try linear.multiply(output, mixed, tokens: T, addingTo: x, at: Site(layer: l, input: "o"))
    observer?.finished(.output, layer: l)
  }
}
