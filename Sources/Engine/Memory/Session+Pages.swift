extension Session {
  /// Asks the kernel where the pages are that this session's threads read by node; nil where no node was asked for.
  ///
  /// They are those of the ternary weights, of the head, and of each node's copy of the prepared activations.
  /// A few milliseconds per gigabyte; no forward pass may run meanwhile.
  ///
  /// - Throws: `EngineError` when the kernel refuses the question.
  public func countPages() throws -> PagePlacement? {
    guard var pages = try model.countPages() else { return nil }
    pages.add(try op.prepared.placed.count())
    return pages
  }
}

extension Transformer {
  /// Asks the kernel where the pages of the placed weights are; nil where no node was asked for.
  ///
  /// - Throws: `EngineError` when the kernel refuses the question.
  public func countPages() throws -> PagePlacement? { try placed?.count() }
}
