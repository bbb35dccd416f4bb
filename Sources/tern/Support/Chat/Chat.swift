import ArgumentParser
import Engine
import Foundation
import ModelFiles
import Sinks

/// A conversation on the two streams: answers on stdout, everything else on stderr.
struct Chat {
  /// Whether somebody sits at the other end of stdin.
  let isInteractive = isatty(STDIN_FILENO) == 1
  private let speaker: ChatSpeaker
  private let stops: [String]
  private let style: Style
  private let isQuiet: Bool
  private let interrupt = ChatInterrupt()
  private var run: GenerationRun
  private var conversation: Conversation
  private var hasFailed = false

  init(
    speaker: ChatSpeaker, run: GenerationRun, system: String?, stops: [String], style: Style, isQuiet: Bool
  ) {
    self.speaker = speaker
    self.run = run
    self.stops = stops
    self.style = style
    self.isQuiet = isQuiet
    conversation = speaker.conversation(system: system)
  }

  private var session: Session { run.generation.session }

  /// Answers line by line until the input ends.
  ///
  /// - Throws: `ExitCode` 130 when Ctrl-C ended a script, 1 when one of its lines could not be answered.
  mutating func talk() throws {
    let isInteractive = isInteractive
    let signals = interrupt.listen {
      // The terminal has thrown away what was typed so far.
      if isInteractive { Console.raw("\n(Ctrl-D ends)\n> ") } else { Foundation.exit(ExitStatus.interrupted.rawValue) }
    }
    defer { withExtendedLifetime(signals) {} }
    var input = LineInput()
    while true {
      if isInteractive { Console.raw(style.bold("> ")) }
      guard let line = input.next() else { break }
      switch line {
      case .unreadable(let problem): refuse(problem)
      case .text(let text): if try !take(ChatLine(text)) { return }
      }
    }
    if isInteractive { Console.note("") }
    if hasFailed && !isInteractive { throw ExitCode.failure }
  }

  /// Does what a line asks for; false when that is to end.
  private mutating func take(_ line: ChatLine) throws -> Bool {
    switch line {
    case .empty: break
    case .quit: return false
    case .help: Console.note(ChatLine.commands)
    case .stats: Console.note(statistics)
    case .unknown(let command): refuse("\(command) is no command; /help lists them")
    case .system(let text):
      if speaker.template.dropsSystemMessages {
        refuse("template \(speaker.template.rawValue) has no place for a system's message")
      } else {
        conversation.opening = speaker.opening(system: text.isEmpty ? nil : text)
      }
    case .reset:
      conversation.reset()
      run.restartSampler()
    case .message(let text): try answer(text)
    }
    return true
  }

  private mutating func answer(_ text: String) throws {
    let question = speaker.question(text)
    do {
      let room = min(run.generation.limit ?? .max, session.context / 4)
      let count = try conversation.makeRoom(for: question, room: room, context: session.context)
      if count > 0 {
        let exchanges = count == 1 ? "exchange is" : "\(count) exchanges are"
        note("the context of \(session.context) is full: the oldest \(exchanges) forgotten")
      }
      interrupt.answerBegins()
      defer { _ = interrupt.answerEnds() }
      try generate(question)
    } catch let error as EngineError {
      refuse(error.description)
    }
    // Whoever stops a script does not wait for the rest of it.
    if run.generation.finish == .interrupted && !isInteractive { throw ExitStatus.interrupted }
  }

  private mutating func generate(_ question: [Int32]) throws {
    var stream = TextStream(speaker.tokenizer, stops: stops)
    let interrupt = interrupt
    try run.read(conversation.prompt(question)) { interrupt.isRaised }
    try run.decode(isCancelled: { interrupt.isRaised }) { id in
      Console.text(stream.append(id))
      return !stream.isStopped
    }
    Console.text(stream.finish() + "\n")
    let generation = run.generation
    if !generation.ids.isEmpty { conversation.add(question, answer: remembered(of: generation, text: stream.text)) }
    switch generation.finish {
    case .interrupted: note("(stopped)")
    case .context: note("the context of \(session.context) is full: the answer was cut short")
    default: break
    }
    if !isQuiet { for line in Prose.wrapped(speeds, width: Console.stderrWidth) { Console.note(style.dim(line)) } }
  }

  /// An answer without the token that ended it, and without a stop text.
  private func remembered(of generation: Generation, text: String) -> [Int32] {
    switch generation.finish {
    case .stopText: speaker.answer(text)
    case .endOfText: generation.ids.dropLast()
    default: generation.ids
    }
  }

  // MARK: - Notes

  private func note(_ text: String) { Console.note(style.warning(text)) }

  private mutating func refuse(_ problem: String) {
    hasFailed = true
    Console.note(style.bad(problem))
  }

  private var statistics: String {
    "\(session.position) of \(session.context) positions; exchanges remembered: \(conversation.exchanges.count)"
  }

  /// "42 tokens, 45.1 t/s; 12 read (300 kept), 130 t/s; first after 90.1 ms; 0.41 J/token (package)".
  private var speeds: String {
    let generation = run.generation
    func rate(_ rate: Double?) -> String { rate.map { ", \(Number.threeDigits($0)) t/s" } ?? "" }
    let kept = generation.promptTokensReused > 0 ? " (\(generation.promptTokensReused) kept)" : ""
    var parts = [
      "\(generation.ids.count) tokens\(rate(generation.decodeRate))",
      "\(generation.promptTokens) read\(kept)\(rate(generation.promptRate))",
    ]
    if !generation.ids.isEmpty {
      parts.append("first after \(Number.threeDigits(Double(generation.timePromptNs) * 1e-6)) ms")
    }
    if let energy = run.energyText { parts.append(energy) }
    return parts.joined(separator: "; ")
  }
}
