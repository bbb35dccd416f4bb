/// The token ids of a text, packed without gaps and cut into pieces of one sequence each; the last are held out.
///
/// A piece gives `context` inputs and the tokens after each: pieces overlap in one token, so that every token but the
/// first is predicted once. Documents follow each other with the tokens around them that the tokenizer puts there.
public struct TokenStream: Sendable {
  /// All ids, those of training first.
  public let ids: [Int32]
  /// Inputs of one piece.
  public let context: Int
  /// Pieces to learn from.
  public let trainingPieces: Int
  /// Pieces to measure with, behind those.
  public let validationPieces: Int

  /// Cuts ids into pieces.
  ///
  /// - Parameter validation: the share of the pieces that is held out; at least one is.
  /// - Throws: `TrainingError` when there is not at least a piece for each.
  public init(_ ids: [Int32], context: Int, validation: Double) throws {
    let pieces = max(0, (ids.count - 1) / context)
    guard pieces >= 2 else {
      throw TrainingError(
        .data,
        "the text has \(ids.count) tokens; learning and measuring take a sequence of \(context) and the token after it "
          + "each, so at least \(2 * context + 1): give more text, or a shorter context")
    }
    self.ids = ids
    self.context = context
    validationPieces = min(max(1, Int((Double(pieces) * validation).rounded())), pieces - 1)
    trainingPieces = pieces - validationPieces
  }

  /// Appends the inputs and targets of a piece.
  func append(piece: Int, to inputs: inout [Int32], targets: inout [Int32]) {
    let start = piece * context
    inputs += ids[start..<start + context]
    targets += ids[start + 1..<start + context + 1]
  }
}

/// Which pieces a step learns from: every piece once an epoch, in an order that the seed and the epoch decide.
///
/// The order is a function of the step, so that a run that is resumed sees what it would have seen.
struct PieceOrder {
  let pieces: Int
  let seed: UInt64
  private var epoch = -1
  private var order: [Int] = []

  init(pieces: Int, seed: UInt64) {
    (self.pieces, self.seed) = (pieces, seed)
  }

  /// The pieces of one batch; a batch may span the end of an epoch.
  mutating func batch(step: Int, sequences: Int) -> [Int] {
    (step * sequences..<(step + 1) * sequences).map { place in
      let (epoch, index) = place.quotientAndRemainder(dividingBy: pieces)
      if epoch != self.epoch {
        var random = RandomNumbers(seed: seed, stream: UInt64(epoch))
        order = Array(0..<pieces)
        // Fisher and Yates by hand: the library's shuffle may change with the compiler.
        for last in stride(from: pieces - 1, to: 0, by: -1) { order.swapAt(last, random.below(last + 1)) }
        self.epoch = epoch
      }
      return order[index]
    }
  }
}
