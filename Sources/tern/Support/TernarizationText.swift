import Engine
import Foundation
import Harness
import Machine
import ModelFiles
import Records

/// A text that a dense model and the ternary one made of it are compared by, one after the other.
struct TernarizationText {
  let file: String
  private let input: String
  private let text: PerplexityText
  private let windows: [PerplexityWindow]
  private let size: Int
  private let stride: Int

  /// As `tern perplexity` has it.
  private static let windowMost = 512
  /// What kept logits may take: those of 500 tokens of the largest vocabularies, and no burden beside a model.
  private static let logitsBytes = 256 << 20

  /// What was found.
  struct Figures: Encodable {
    let file: String
    let contextSize: Int
    let stride: Int
    let tokensRead: Int
    let tokensScored: Int
    let perplexityDense: Double?
    let perplexityTernary: Double?
    /// e to the difference of the means: finite where the perplexities need not be.
    let perplexityRatio: Double?
    let tokensCompared: Int
    let logitsRelativeError: Double?
    let top1Agreement: Double?
    /// The room for logits, in words; not in the object.
    var logitsKept: String { "\(ByteCount(TernarizationText.logitsBytes))" }

    enum CodingKeys: String, CodingKey {
      case file, stride
      case contextSize = "context_size"
      case tokensRead = "tokens_read"
      case tokensScored = "tokens_scored"
      case perplexityDense = "perplexity_dense"
      case perplexityTernary = "perplexity_ternary"
      case perplexityRatio = "perplexity_ratio"
      case tokensCompared = "logits_tokens"
      case logitsRelativeError = "logits_relative_error"
      case top1Agreement = "top1_agreement"
    }
  }

  /// Reads the text before anything takes long.
  ///
  /// - Throws: the errors of a text, a tokenizer, or a model that cannot be read.
  init(file: String, input: String, tokenizer: String?, limit: Int?) throws {
    self.file = file
    self.input = input
    let reference = try ModelReference(input)
    text = try PerplexityText(
      file: file, ids: false, tokenizer: tokenizer, limit: limit, model: reference, takesIDs: false)
    size = min(Self.windowMost, reference.shape.context, max(2, text.ids.count))
    stride = max(1, size / 2)
    do {
      windows = try PerplexityWindow.covering(tokens: text.ids.count, size: size, stride: stride)
    } catch let error as EngineError { throw CommandError("\(file): \(error.description)") }
  }

  /// Runs the dense model, forgets it, and runs the ternary one: they are never in memory together.
  func compare(output: String, pool: ThreadPool, machine: Machine, isQuiet: Bool) throws -> Figures {
    var comparison = LogitsComparison(
      vocabulary: try ModelReference(input).shape.vocabulary, bytes: Self.logitsBytes)
    let dense = try score(input, pool: pool, machine: machine, isQuiet: isQuiet) { comparison.keep($0) }
    let ternary = try score(output, pool: pool, machine: machine, isQuiet: isQuiet) { comparison.compare($0) }
    let ratio = exp(ternary.natsPerToken - dense.natsPerToken)
    return Figures(
      file: file, contextSize: size, stride: stride, tokensRead: text.ids.count, tokensScored: dense.nats.count,
      perplexityDense: dense.perplexity, perplexityTernary: ternary.perplexity,
      perplexityRatio: ratio.isFinite ? ratio : nil, tokensCompared: comparison.tokens,
      logitsRelativeError: comparison.relativeError, top1Agreement: comparison.agreement)
  }

  private func score(
    _ model: String, pool: ThreadPool, machine: Machine, isQuiet: Bool, observe: (LogitsView) -> Void
  ) throws -> Perplexity {
    let loaded = try LoadedModel(
      model, kernel: nil, pool: pool, context: size, logitsRows: min(size, Session.scoredRows), cacheFormat: .f32,
      machine: machine)
    let progress = PerplexityProgress(tokens: text.ids.count, isQuiet: isQuiet)
    var nats: [Double] = []
    for window in windows {
      nats += try loaded.session.negativeLogLikelihoods(
        of: text.ids[window.tokens], from: window.firstScored, observe: observe)
      progress.windowDidEnd(window, nats: nats)
    }
    progress.end()
    return Perplexity(nats: nats)
  }
}
