/// The parts of decoding and prefill on their own, through the same code: what the matrices alone cost, and the head.
extension Session {
  /// Multiplies `batch` vectors with every ternary matrix of every layer in order, nothing between them; more than the
  /// session's batch are done in turns.
  ///
  /// The vectors are arbitrary and the products are dropped.
  public func runMatrices(batch: Int) {
    op.fillArbitrary()
    forEachTurn(of: batch) { tokens in
      for layer in weights.layers {
        for role in TransformerShape.Role.allCases { run(role, of: layer, tokens: tokens) }
      }
    }
  }

  /// The same for one matrix of each of the first `layers` layers: what kernels are chosen by.
  public func runMatrices(batch: Int, role: TransformerShape.Role, layers: Int) {
    op.fillArbitrary()
    forEachTurn(of: batch) { tokens in
      for layer in weights.layers.prefix(layers) { run(role, of: layer, tokens: tokens) }
    }
  }

  private func run(_ role: TransformerShape.Role, of layer: Weights.Layer, tokens: Int) {
    switch role {
    case .qkv:
      op.prepareArbitrary(for: layer.qkv, tokens: tokens)
      op.multiply(layer.qkv, tokens: tokens, into: qkv)
    case .output:
      op.prepareArbitrary(for: layer.output, tokens: tokens)
      op.multiply(layer.output, tokens: tokens, norm: layer.attentionPostNorm, addingTo: x, width: shape.hidden)
    case .gateUp:
      op.prepareArbitrary(for: layer.gateUp, tokens: tokens)
      op.multiplyGated(layer.gateUp, tokens: tokens, into: gated)
    case .down:
      op.prepareArbitrary(for: layer.down, tokens: tokens)
      op.multiply(layer.down, tokens: tokens, norm: layer.feedForwardPostNorm, addingTo: x, width: shape.hidden)
    }
  }

  /// Multiplies `batch` vectors with the output head; more than the session's batch are done in turns.
  ///
  /// - Throws: `KernelError` when the system has no memory for the logits.
  public func runHead(batch: Int) throws {
    guard let logits = try logitsBuffer(rows: min(batch, self.batch)) else { return }
    forEachTurn(of: batch) { tokens in
      op.multiply(head: weights.head, x, tokens: tokens, into: logits)
    }
  }

  private func forEachTurn(of batch: Int, _ body: (_ tokens: Int) -> Void) {
    for first in stride(from: 0, to: batch, by: self.batch) { body(min(self.batch, batch - first)) }
  }
}
