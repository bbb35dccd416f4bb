/// How the next token is chosen from logits.
public enum Sampling: String, Sendable, CaseIterable {
  /// The largest logit, the lowest id among equals: the same continuation every time.
  case greedy

  /// Chooses the token that follows one row of logits.
  public func next(_ logits: LogitsView, row: Int) -> Int32 {
    switch self {
    case .greedy: logits.argmax(row)
    }
  }
}
