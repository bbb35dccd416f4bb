import Engine
import ModelFiles

/// Tokens to text for people as they come: whole characters, and nothing from a stop text on.
struct TextStream {
  private var detokenizer: StreamingDetokenizer
  private var stop: StopText
  /// All that was given out.
  private(set) var text = ""

  /// Begins a text that follows another.
  init(_ tokenizer: Tokenizer, stops: [String] = []) {
    detokenizer = StreamingDetokenizer(tokenizer, continuing: true)
    stop = StopText(stops)
  }

  /// Whether a stop text was found.
  var isStopped: Bool { stop.isFound }

  /// Takes a token; returns the text that is sure now, as it may be shown.
  ///
  /// Vocabularies are often rounded up, and a model can choose an id that no token has: it is shown as U+FFFD.
  mutating func append(_ id: Int32) -> String { give(stop.append((try? detokenizer.append(id)) ?? "\u{FFFD}")) }

  /// Ends the text; returns the rest.
  mutating func finish() -> String { give(stop.append(detokenizer.finish())) + give(stop.finish()) }

  private mutating func give(_ piece: String) -> String {
    text += piece
    return Console.stdoutIsTerminal ? Self.harmless(piece) : piece
  }

  /// A model can say anything, and what moves the cursor or speaks to the terminal is not for it to say.
  static func harmless(_ piece: String) -> String {
    let isHarmful: (Unicode.Scalar) -> Bool = {
      $0.properties.generalCategory == .control && $0 != "\n" && $0 != "\t"
    }
    guard piece.unicodeScalars.contains(where: isHarmful) else { return piece }
    // A return before a new line is only another way to end it.
    let shown = piece.unicodeScalars.filter { $0 != "\r" }.map { isHarmful($0) ? "\u{FFFD}" : $0 }
    return String(String.UnicodeScalarView(shown))
  }
}
