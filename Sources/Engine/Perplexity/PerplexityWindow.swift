/// Tokens that are read together, and from which on they are scored.
///
/// A text that is longer than a context is read in windows that overlap, so that the tokens that count have others
/// before them. These are the windows of the strided evaluation that transformers documents for models of fixed length.
public struct PerplexityWindow: Sendable, Equatable {
  /// Places of its tokens in the text.
  public let tokens: Range<Int>
  /// The first place that is scored; at least one token of the window comes before it.
  public let firstScored: Int

  /// Places that are scored.
  public var scored: Range<Int> { firstScored..<tokens.upperBound }

  /// Cuts a text into windows of `size` tokens that begin `stride` tokens apart.
  ///
  /// The first scores all of its tokens but the first, of which nothing is known; every other scores the tokens that no
  /// window before it had, each with `size - stride` tokens of context or more. With a stride of the whole size there is
  /// no overlap, and no window scores its first token.
  ///
  /// - Throws: `EngineError` when there are fewer than two tokens, or `size` and `stride` make no windows.
  public static func covering(tokens count: Int, size: Int, stride: Int) throws -> [PerplexityWindow] {
    guard size >= 2 else {
      throw EngineError(.context, "windows of \(size) tokens: at least 2 are needed, one to be predicted from another")
    }
    guard (1...size).contains(stride) else {
      throw EngineError(.context, "a stride of \(stride) is not in 1...\(size), the size of a window")
    }
    guard count >= 2 else {
      throw EngineError(
        .context, "a text of \(count) token\(count == 1 ? "" : "s") is too short: at least 2 are needed; give more text"
      )
    }
    var windows: [PerplexityWindow] = []
    var (begin, end) = (0, 0)
    while end < count {
      let first = max(end, begin + 1)
      end = begin + min(size, count - begin)
      // A last window of one token that nothing precedes has nothing to score.
      if first < end { windows.append(PerplexityWindow(tokens: begin..<end, firstScored: first)) }
      begin += stride
    }
    return windows
  }
}
