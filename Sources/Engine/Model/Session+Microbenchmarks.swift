/// The parts of decoding and prefill on their own, through the same code: what the matrices alone cost, and the head.
extension Session {
  /// Multiplies `batch` vectors with every matrix of every layer in order, nothing between them; more than the
  /// session's batch are done in turns.
  ///
  /// The vectors are arbitrary and the products are dropped.
  public func runMatrices(batch: Int) {
    op.fillArbitrary()
    forEachTurn(of: batch) { pass.runMatrices(tokens: $0) }
  }

  /// The same for one matrix of each of the first `layers` layers: what kernels are chosen by.
  public func runMatrices(batch: Int, role: TransformerShape.Role, layers: Int) {
    op.fillArbitrary()
    forEachTurn(of: batch) { pass.runMatrices(tokens: $0, role: role, layers: layers) }
  }

  /// Multiplies `batch` vectors with the output head; more than the session's batch are done in turns.
  ///
  /// - Throws: `KernelError` when the system has no memory for the logits.
  public func runHead(batch: Int) throws {
    guard let logits = try logitsBuffer(rows: min(batch, self.batch)) else { return }
    forEachTurn(of: batch) { tokens in
      op.multiply(head: weightsOfHead, pass.x, tokens: tokens, into: logits)
    }
  }

  private func forEachTurn(of batch: Int, _ body: (_ tokens: Int) -> Void) {
    for first in stride(from: 0, to: batch, by: self.batch) { body(min(self.batch, batch - first)) }
  }
}
