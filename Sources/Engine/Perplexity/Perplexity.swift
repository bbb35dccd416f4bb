import Foundation

/// How well a model predicts a text, from the negative log-likelihood of each of its scored tokens.
///
/// Perplexity is e to the mean of these (Jelinek, Mercer, Bahl and Baker, 1977): as surprised as by so many equally
/// likely tokens. Sums go from the first token to the last, so that equal likelihoods give equal bytes.
public struct Perplexity: Sendable, Equatable {
  /// −ln p of each scored token, in the order of the text.
  public let nats: [Double]

  /// Takes finite likelihoods of at least one token, in the order of the text.
  public init(nats: [Double]) {
    precondition(!nats.isEmpty, "perplexity of no token")
    self.nats = nats
  }

  /// Mean −ln p of a token.
  public var natsPerToken: Double { Self.mean(nats[...]) }

  /// Mean −log₂ p of a token.
  public var bitsPerToken: Double { natsPerToken / M_LN2 }

  /// e to the mean; nil where that is beyond the largest number.
  public var perplexity: Double? { Self.finite(exp(natsPerToken)) }

  /// The standard error of the mean by batch means; nil for fewer than 4 tokens, whose batches would be single tokens.
  ///
  /// Neighbouring tokens are surprising together: they share a sentence, a topic, a name. So the text is cut into batches
  /// of √n tokens, and the spread of the batches' means stands for that of the mean, which holds for correlated tokens
  /// too (Flegal and Jones, Annals of Statistics 38, 2010). Tokens that fill no batch at the end are left out of it.
  public var standardErrorNats: Double? {
    let size = Int(Double(nats.count).squareRoot())
    guard size >= 2 else { return nil }
    let count = nats.count / size
    let means = (0..<count).map { Self.mean(nats[$0 * size..<($0 + 1) * size]) }
    return Self.variance(means).map { ($0 * Double(size) / Double(nats.count)).squareRoot() }
  }

  /// The standard error of the mean if tokens were independent, which is what other programs print; nil for one token.
  public var standardErrorOfIndependentNats: Double? {
    Self.variance(nats).map { ($0 / Double(nats.count)).squareRoot() }
  }

  /// The standard error of the perplexity that goes with one of the mean: the perplexity times that, to first order.
  public func standardError(ofMean error: Double?) -> Double? {
    guard let error, let perplexity else { return nil }
    return Self.finite(perplexity * error)
  }

  private static func mean(_ numbers: ArraySlice<Double>) -> Double { numbers.reduce(0, +) / Double(numbers.count) }

  /// The unbiased variance; nil for fewer than two numbers.
  private static func variance(_ numbers: [Double]) -> Double? {
    guard numbers.count >= 2 else { return nil }
    let mean = mean(numbers[...])
    return numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(numbers.count - 1)
  }

  private static func finite(_ number: Double) -> Double? { number.isFinite ? number : nil }
}
