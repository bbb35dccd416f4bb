import ModelFiles
import Sinks

/// What `tern convert --ternarize` lost, as it was measured; `--json` is this.
struct TernarizationReport: Encodable {
  let input: String
  let output: String
  let type: String
  let ternarize: String
  /// By what tensors are called among those of all layers.
  let weights: [Row]
  /// Absent without a text.
  let text: TernarizationText.Figures?

  /// Tensors for one purpose.
  struct Row: Encodable {
    let role: String
    let tensors: Int
    /// ‖W − t·g‖ / ‖W‖.
    let relativeError: Double
    let zeroShare: Double

    enum CodingKeys: String, CodingKey {
      case role, tensors
      case relativeError = "relative_error"
      case zeroShare = "zero_share"
    }

    init(_ error: TernarizationError) {
      role = error.role
      tensors = error.tensors
      relativeError = error.relativeError
      zeroShare = error.zeroShare
    }
  }

  init(
    input: String, output: String, type: TernaryType, ternarize: Ternarization, errors: [TernarizationError],
    text: TernarizationText.Figures?
  ) {
    self.input = input
    self.output = output
    self.type = type.rawValue
    self.ternarize = ternarize.rawValue
    weights = errors.map(Row.init)
    self.text = text
  }

  // MARK: - For people

  /// The tables, and what they mean.
  func prose(width: Int) -> String {
    let tables = [weightTable(width: width), text.map { textTable($0, width: width) }].compactMap(\.self)
    return (tables + [Prose.wrapped(verdict, width: width).map { $0 + "\n" }.joined()]).joined(separator: "\n")
  }

  private func weightTable(width: Int) -> String {
    TextTable(
      columns: [
        .left("made ternary", .essential), .right("tensors"), .right("‖W − t·g‖ / ‖W‖", .essential),
        .right("zeros", .essential),
      ],
      rows: weights.map {
        [$0.role, "\($0.tensors)", Number.threeDigits($0.relativeError), Self.percent($0.zeroShare)]
      }
    ).render(width: width)
  }

  private func textTable(_ text: TernarizationText.Figures, width: Int) -> String {
    let kept =
      text.tokensCompared < text.tokensScored
      ? "the first of the text: the dense model's logits are kept for as many as fit \(text.logitsKept)" : "of the text"
    let rows = [
      ["perplexity, dense", Self.perplexity(text.perplexityDense), "\(text.tokensScored) tokens of \(text.file)"],
      ["perplexity, ternary", Self.perplexity(text.perplexityTernary), "activations rounded to int8, as it is run"],
      [
        "‖l − l'‖ / ‖l‖", text.logitsRelativeError.map(Number.threeDigits) ?? Number.unknown,
        "logits of \(text.tokensCompared) tokens, \(kept)",
      ],
      ["same next token", text.top1Agreement.map(Self.percent) ?? Number.unknown, "of these tokens"],
    ]
    return ProseTable(
      columns: [.left("figure", .essential), .right("value", .essential), .left("remark")], rows: rows
    ).render(width: width)
  }

  /// One sentence of what is known, with what was measured of it.
  private var verdict: String {
    let errors = weights.map(\.relativeError)
    let (least, most) = (Self.percent(errors.min() ?? 0), Self.percent(errors.max() ?? 0))
    let off = "weights are off by \(least == most ? most : "\(least) to \(most)") of their length"
    let begin = "Made ternary after training, a model loses its quality: "
    guard let text else {
      return "\(begin)\(off). What that does to logits and perplexity needs a text: --text FILE."
    }
    let same = text.top1Agreement.map { "\(Self.percent($0)) of next tokens are the same" }
    let logits = text.logitsRelativeError.map { "logits are off by \(Self.percent($0)) of their length" }
    let factor = text.perplexityRatio.map { ", \(Number.threeDigits($0)) times the dense model's" } ?? ""
    let figures = [
      "its perplexity of \(text.file) is \(Self.perplexity(text.perplexityTernary))\(factor)", same, logits, off,
    ].compactMap(\.self).joined(separator: "; ")
    let caution =
      (text.perplexityRatio ?? .infinity) < Self.ratioThatSays
      ? " The dense model predicts this text hardly better, so that it cannot show the loss: take one that it predicts."
      : " This file is an experiment and nothing to use."
    return begin + figures + "." + caution
  }

  /// Below this, the perplexities are as near as those of two texts of one kind: they show no loss.
  private static let ratioThatSays = 1.1

  private static func perplexity(_ value: Double?) -> String {
    value.map(Number.threeDigits) ?? "beyond the largest number"
  }

  private static func percent(_ share: Double) -> String { "\(Number.threeDigits(100 * share)) %" }
}
