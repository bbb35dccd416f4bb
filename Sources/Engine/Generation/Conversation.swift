/// A conversation as tokens: what stands before everything, and questions with their answers, as far as a context holds
/// them.
///
/// Answers are kept as the tokens that were generated, so that the cache of a session goes on where it stood; encoding
/// their text again could give others.
public struct Conversation: Sendable {
  /// What begins every prompt, the system's message included; to change it is to read everything again.
  public var opening: [Int32]
  /// What gives the model the word.
  public let cue: [Int32]
  /// What ends an answer.
  public let answerEnd: [Int32]
  /// The exchanges that are remembered, oldest first: question, cue, answer, end.
  public private(set) var exchanges: [[Int32]] = []

  /// Begins a conversation.
  public init(opening: [Int32], cue: [Int32], answerEnd: [Int32]) {
    self.opening = opening
    self.cue = cue
    self.answerEnd = answerEnd
  }

  /// The tokens to generate an answer from.
  public func prompt(_ question: [Int32]) -> [Int32] { opening + exchanges.joined() + question + cue }

  /// Remembers an exchange.
  public mutating func add(_ question: [Int32], answer: [Int32]) {
    exchanges.append(question + cue + answer + answerEnd)
  }

  /// Forgets all exchanges; the opening stays.
  public mutating func reset() { exchanges = [] }

  /// Forgets the oldest exchanges where a question and `room` tokens for its answer do not fit any more; returns how
  /// many.
  ///
  /// What is left then takes at most half of the context: positions move when something in front goes, so that all of
  /// it is read again, and that should not happen with each question.
  ///
  /// - Throws: `EngineError` where the question does not fit even with nothing before it; nothing is forgotten then.
  public mutating func makeRoom(for question: [Int32], room: Int, context: Int) throws -> Int {
    let least = opening.count + question.count + cue.count
    guard least < context else {
      throw EngineError(
        .context,
        "the message takes \(least) tokens with what stands before it, and the context is \(context); shorten it, or "
          + "make the context longer")
    }
    var length = exchanges.reduce(least) { $0 + $1.count }
    guard length + room > context else { return 0 }
    var count = 0
    while count < exchanges.count, length > context / 2 {
      length -= exchanges[count].count
      count += 1
    }
    exchanges.removeFirst(count)
    return count
  }
}
