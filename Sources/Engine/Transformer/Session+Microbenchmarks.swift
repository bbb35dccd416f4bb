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
        op.prepareArbitrary(width: layer.qkv.columns, tokens: tokens)
        op.multiply(layer.qkv, tokens: tokens, into: qkv)
        op.prepareArbitrary(width: layer.output.columns, tokens: tokens)
        op.multiply(layer.output, tokens: tokens, addingTo: x, width: shape.hidden)
        op.prepareArbitrary(width: layer.gateUp.columns, tokens: tokens)
        op.multiplyGated(layer.gateUp, tokens: tokens, into: gated)
        op.prepareArbitrary(width: layer.down.columns, tokens: tokens)
        op.multiply(layer.down, tokens: tokens, addingTo: x, width: shape.hidden)
      }
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
