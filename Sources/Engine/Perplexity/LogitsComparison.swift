/// How far one model's logits are from another's over the same tokens: the first's are kept, the second's compared.
///
/// The two need not be in memory at once. Logits are large, so that no more tokens are kept than there is room for; what
/// comes after them is not compared.
public struct LogitsComparison: Sendable {
  /// Rows that are kept at most.
  public let rowsMost: Int
  private let vocabulary: Int
  // [rows, vocabulary]
  private var reference: [Float] = []
  /// Tokens that both have given logits for.
  public private(set) var tokens = 0
  /// Of these, those whose largest logit has the same id in both.
  public private(set) var tokensAgreed = 0
  private var squaredDifference = 0.0
  private var squaredNorm = 0.0

  /// Starts with nothing.
  ///
  /// - Parameter bytes: what the kept logits may take; at least one row is kept.
  public init(vocabulary: Int, bytes: Int) {
    self.vocabulary = vocabulary
    rowsMost = max(1, bytes / (vocabulary * MemoryLayout<Float>.stride))
  }

  /// Rows that are kept.
  public var rowsKept: Int { reference.count / vocabulary }

  /// Keeps the first model's logits of the next tokens, as far as there is room.
  public mutating func keep(_ logits: LogitsView) {
    precondition(logits.vocabulary == vocabulary, "both models have one vocabulary")
    for row in 0..<min(logits.rows, rowsMost - rowsKept) { reference += logits[row] }
  }

  /// Compares the second model's logits of the next tokens with the first's of the same, as far as these were kept.
  public mutating func compare(_ logits: LogitsView) {
    precondition(logits.vocabulary == vocabulary, "both models have one vocabulary")
    for row in 0..<min(logits.rows, rowsKept - tokens) {
      let (own, start) = (logits[row], tokens * vocabulary)
      var best = 0
      for id in 0..<vocabulary {
        let kept = Double(reference[start + id])
        squaredDifference += (kept - Double(own[id])) * (kept - Double(own[id]))
        squaredNorm += kept * kept
        if reference[start + id] > reference[start + best] { best = id }
      }
      if Int(logits.argmax(row)) == best { tokensAgreed += 1 }
      tokens += 1
    }
  }

  /// ‖l − l'‖ / ‖l‖ over all logits of all compared tokens; nil where there are none, or all are 0.
  public var relativeError: Double? {
    squaredNorm > 0 ? (squaredDifference / squaredNorm).squareRoot() : nil
  }

  /// The share of compared tokens for which both models would choose the same next one; nil where there are none.
  public var agreement: Double? { tokens > 0 ? Double(tokensAgreed) / Double(tokens) : nil }
}
