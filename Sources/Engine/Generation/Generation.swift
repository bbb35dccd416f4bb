import CLinux

/// Tokens after a prompt, one at a time, each with the time that it took: the one path of `generate`, `chat` and `run`.
///
///     var generation = Generation(session: session, sampler: Sampler(.greedy), ends: tokenizer.endOfGeneration)
///     try generation.read(prompt)
///     while let id = try generation.next() { print(id) }
///
/// What comes depends on the model, the prompt and the sampling alone, not on kernel, threads or placement. Times are of
/// CLOCK_MONOTONIC_RAW and hold the work and nothing that a caller does between two tokens.
public struct Generation {
  /// Why no further token comes.
  public enum Finish: String, Sendable, CaseIterable {
    /// As many tokens as were asked for.
    case length
    /// A token that ends a text or a turn; it is the last of `ids`.
    case endOfText = "end_of_text"
    /// The context is full.
    case context
    /// The caller found a text at which to stop.
    case stopText = "stop_text"
    /// The user did not want to wait any longer.
    case interrupted
  }

  /// What runs the model, and holds the text so far in its cache.
  public let session: Session
  /// Tokens after which nothing follows.
  public let ends: Set<Int32>
  /// The most tokens of one generation; nil for as many as the context holds.
  public let limit: Int?
  /// Chooses the tokens.
  public private(set) var sampler: Sampler

  /// The tokens that were chosen, the one that ended the text included.
  public private(set) var ids: [Int32] = []
  /// Why there are no more; nil as long as there can be.
  public private(set) var finish: Finish?
  /// Tokens of the prompt that were in the cache already.
  public private(set) var promptTokensReused = 0
  /// Tokens of the prompt that were read.
  public private(set) var promptTokens = 0
  /// The time to read the prompt and to choose the first token: the time to first token, in nanoseconds.
  public private(set) var timePromptNs = 0
  /// The time of each token that is fed back to give the next, in nanoseconds: one fewer than `ids` behind a prompt.
  public private(set) var tokenTimesNs: [Int] = []

  /// Logits that no token was chosen from yet.
  private var logits: LogitsView?
  /// The token to feed next.
  private var last: Int32?

  /// Prepares to generate with a session, which keeps what it has in its cache.
  public init(session: Session, sampler: Sampler = Sampler(.greedy), ends: Set<Int32> = [], limit: Int? = nil) {
    self.session = session
    self.sampler = sampler
    self.ends = ends
    self.limit = limit
    let most = limit.map { min($0, session.context + 1) } ?? 0
    ids.reserveCapacity(most)
    tokenTimesNs.reserveCapacity(most)
  }

  /// Makes the prompt the whole text so far: what the cache holds of it is kept, and only the rest is read.
  ///
  /// `isCancelled` is asked between pieces of the session's batch; when it says so the generation is `interrupted` and
  /// the cache keeps what was read.
  ///
  /// - Throws: `EngineError` for an empty prompt, for one that leaves no room in the context, and what
  ///   `Session.forward` throws.
  public mutating func read(_ prompt: [Int32], isCancelled: () -> Bool = { false }) throws {
    try check(prompt)
    begin()
    let start = clinux_monotonic_raw_ns()
    // The last token is read in any case: its logits are what is asked for.
    promptTokensReused = zip(session.ids, prompt.dropLast()).prefix { $0 == $1 }.count
    session.truncate(to: promptTokensReused)
    sampler.observe(prompt)
    while session.position < prompt.count {
      if isCancelled() { return end(.interrupted) }
      let piece = prompt[session.position..<min(session.position + session.batch, prompt.count)]
      let isLast = piece.endIndex == prompt.endIndex
      logits = try session.forward(Array(piece), logits: isLast ? .last : .none)
      promptTokens += piece.count
    }
    timePromptNs = elapsedNs(since: start)
  }

  /// Goes on behind what the session holds, with a token that was chosen elsewhere.
  public mutating func begin(after id: Int32) {
    begin()
    last = id
  }

  /// Chooses the next token; nil when there is none, and `finish` says why.
  ///
  /// - Throws: what `Session.forward` throws.
  public mutating func next() throws -> Int32? {
    guard finish == nil else { return nil }
    let start = clinux_monotonic_raw_ns()
    let isFirst = logits != nil
    guard let logits = try logits ?? last.map({ try session.forward([$0], logits: .last) }) else { return nil }
    self.logits = nil
    let id = sampler.next(logits, row: 0)
    last = id
    ids.append(id)
    if isFirst { timePromptNs += elapsedNs(since: start) } else { tokenTimesNs.append(elapsedNs(since: start)) }
    if ends.contains(id) {
      finish = .endOfText
    } else if ids.count == limit {
      finish = .length
    } else if session.position == session.context {
      finish = .context
    }
    return id
  }

  /// Ends the generation for a reason that lies with the caller.
  public mutating func end(_ reason: Finish) { finish = reason }

  /// Starts the sampler's random numbers again.
  public mutating func restartSampler() { sampler = Sampler(sampler.sampling) }

  private mutating func begin() {
    ids.removeAll(keepingCapacity: true)
    tokenTimesNs.removeAll(keepingCapacity: true)
    (finish, logits, last) = (nil, nil, nil)
    (promptTokens, promptTokensReused, timePromptNs) = (0, 0, 0)
  }

  private func check(_ prompt: [Int32]) throws {
    guard !prompt.isEmpty else {
      throw EngineError(.context, "the prompt has no tokens, and the model needs at least one to go on from")
    }
    guard prompt.count <= session.context else {
      throw EngineError(
        .context,
        "a prompt of \(prompt.count) tokens does not fit a context of \(session.context); shorten it, or make the "
          + "context longer")
    }
  }

  private func elapsedNs(since start: UInt64) -> Int { Int(clinux_monotonic_raw_ns() &- start) }
}

extension Generation {
  /// Prompt tokens that were read per second; nil when none was, or generation ended before it began.
  public var promptRate: Double? { ids.isEmpty ? nil : rate(promptTokens, Double(timePromptNs)) }

  /// Tokens per second of the decode steps; nil when there was none.
  public var decodeRate: Double? { rate(tokenTimesNs.count, Double(tokenTimesNs.reduce(0, +))) }

  private func rate(_ tokens: Int, _ ns: Double) -> Double? {
    tokens > 0 && ns > 0 ? Double(tokens) / (ns * 1e-9) : nil
  }
}
