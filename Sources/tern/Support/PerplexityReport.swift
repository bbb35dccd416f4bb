import Engine
import Meters
import Sinks

/// What `tern perplexity` found; `--json` is this.
struct PerplexityReport: Encodable {
  let model: String
  let file: String
  let kernel: String
  let threads: Int
  let contextSize: Int
  let stride: Int
  let windows: Int
  let tokensRead: Int
  /// Of these, what the tokenizer put before the text.
  let tokensPrefix: Int
  let tokensScored: Int
  let perplexity: Double?
  let perplexityStandardError: Double?
  let perplexityStandardErrorIndependent: Double?
  let natsPerToken: Double
  let natsPerTokenStandardError: Double?
  let bitsPerToken: Double
  /// Bits per token times tokens per byte of the text that was read.
  let bitsPerByte: Double?
  let timeNs: Int
  let tokensPerSecond: Double

  enum CodingKeys: String, CodingKey {
    case model, file, kernel, threads, stride, windows, perplexity
    case contextSize = "context_size"
    case tokensRead = "tokens_read"
    case tokensPrefix = "tokens_prefix"
    case tokensScored = "tokens_scored"
    case perplexityStandardError = "perplexity_standard_error"
    case perplexityStandardErrorIndependent = "perplexity_standard_error_independent"
    case natsPerToken = "nats_per_token"
    case natsPerTokenStandardError = "nats_per_token_standard_error"
    case bitsPerToken = "bits_per_token"
    case bitsPerByte = "bits_per_byte"
    case timeNs = "time_ns"
    case tokensPerSecond = "rate_tokens_per_s"
  }

  init(
    model: String, file: String, kernel: String, threads: Int, contextSize: Int, stride: Int,
    windows: [PerplexityWindow], text: PerplexityText, score: Perplexity, timeNs: Int
  ) {
    self.model = model
    self.file = file
    self.kernel = kernel
    self.threads = threads
    self.contextSize = contextSize
    self.stride = stride
    self.windows = windows.count
    self.timeNs = timeNs
    tokensRead = text.ids.count
    tokensPrefix = text.prefix
    tokensScored = score.nats.count
    perplexity = score.perplexity
    perplexityStandardError = score.standardError(ofMean: score.standardErrorNats)
    perplexityStandardErrorIndependent = score.standardError(ofMean: score.standardErrorOfIndependentNats)
    natsPerToken = score.natsPerToken
    natsPerTokenStandardError = score.standardErrorNats
    bitsPerToken = score.bitsPerToken
    bitsPerByte = text.bytes.flatMap { bytes in
      bytes > 0 ? score.bitsPerToken * Double(text.ids.count - text.prefix) / Double(bytes) : nil
    }
    // Every token of a window is read but the last, from which nothing is predicted.
    let fed = windows.reduce(0) { $0 + $1.tokens.count - 1 }
    tokensPerSecond = Double(fed) / (Double(max(1, timeNs)) * 1e-9)
  }

  /// The same for people.
  func table(width: Int) -> String {
    let independent = perplexityStandardErrorIndependent.map {
      "± \(Number.threeDigits($0)) if tokens were independent"
    }
    let rows = [
      [
        "perplexity",
        perplexity.map { Number.withInterval($0, halfWidth: perplexityStandardError) } ?? Number.unknown,
        perplexity == nil
          ? "beyond the largest number"
          : perplexityStandardError == nil ? "too few tokens for a standard error" : independent ?? "",
      ],
      ["nats per token", Number.withInterval(natsPerToken, halfWidth: natsPerTokenStandardError), ""],
      ["bits per token", Number.threeDigits(bitsPerToken), ""],
      [
        "bits per byte", bitsPerByte.map(Number.threeDigits) ?? Number.unknown,
        bitsPerByte == nil ? "the bytes behind token ids are not known" : "of the text",
      ],
      [
        "tokens scored", "\(tokensScored)",
        "of \(tokensRead) read\(tokensPrefix > 0 ? ", \(tokensPrefix) of them put before the text" : "")",
      ],
      ["windows", "\(windows)", "of \(contextSize) tokens, \(stride) apart"],
      [
        "speed", "\(Number.threeDigits(tokensPerSecond)) t/s",
        "\(Number.threeDigits(Double(timeNs) * 1e-9)) s, \(kernel), threads \(threads)",
      ],
    ]
    let columns: [TextTable.Column] = [.left("figure", .essential), .right("value", .essential), .left("remark")]
    return "\(file)  \(model)\n" + ProseTable(columns: columns, rows: rows).render(width: width)
  }
}

/// How far the windows are, on stderr: a line that is redrawn on a terminal, a line every ten seconds elsewhere.
final class PerplexityProgress {
  private let tokens: Int
  private let isQuiet: Bool
  private let isTerminal = Console.stderrIsTerminal
  private let width = Console.stderrWidth
  private let startNs = WallClock.nowNs()
  private var lastNs = WallClock.nowNs()
  /// Often enough to see that it goes on, seldom enough not to fill a log.
  private static let logIntervalNs: UInt64 = 10_000_000_000

  init(tokens: Int, isQuiet: Bool) {
    self.tokens = tokens
    self.isQuiet = isQuiet
  }

  func windowDidEnd(_ window: PerplexityWindow, nats: [Double]) {
    let now = WallClock.nowNs()
    guard !isQuiet, isTerminal || now - lastNs > Self.logIntervalNs else { return }
    lastNs = now
    let done = Double(window.tokens.upperBound) / Double(tokens)
    let left = Double(now - startNs) * 1e-9 * (1 / done - 1)
    let soFar = Perplexity(nats: nats).perplexity.map(Number.threeDigits) ?? Number.unknown
    let text =
      "\(window.tokens.upperBound)/\(tokens) tokens, perplexity so far \(soFar), about \(Number.threeDigits(left)) s left"
    if isTerminal { Console.raw("\r\u{1B}[K" + text.prefix(width - 1)) } else { Console.note(text) }
  }

  func end() {
    if isTerminal, !isQuiet { Console.raw("\r\u{1B}[K") }
  }
}
