/// How the next token is chosen from logits.
///
/// The steps are llama.cpp's, in its order: the repetition penalty, then top-k, top-p and min-p on the distribution as
/// the model gives it, then the temperature on what is left. At temperature 0 the likeliest token is taken, whatever the
/// others say: the same continuation every time.
public struct Sampling: Sendable, Equatable {
  /// 0 is greedy; 1 samples from the model's own distribution; more flattens it.
  public var temperature: Float
  /// How many of the likeliest tokens stay; 0 for all.
  public var topK: Int
  /// The fewest of the likeliest tokens stay whose probabilities reach this sum; 1 for all.
  public var topP: Float
  /// Tokens below this fraction of the likeliest one's probability go; 0 for none.
  public var minP: Float
  /// Logits of recent tokens are divided by this where positive and multiplied where negative (arXiv 1909.05858); 1
  /// for nothing.
  public var repetitionPenalty: Float
  /// How many tokens back a repetition counts.
  public var repetitionWindow: Int
  /// Where the random numbers start; equal seeds give equal texts.
  public var seed: UInt64

  /// The likeliest token, the lowest id among equals.
  public static let greedy = Sampling()

  /// Makes settings; without any they are greedy.
  public init(
    temperature: Float = 0, topK: Int = 0, topP: Float = 1, minP: Float = 0, repetitionPenalty: Float = 1,
    repetitionWindow: Int = 64, seed: UInt64 = 0
  ) {
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
    self.minP = minP
    self.repetitionPenalty = repetitionPenalty
    self.repetitionWindow = repetitionWindow
    self.seed = seed
  }

  /// What is wrong with the settings, in words; nil where they make sense.
  public var problem: String? {
    if !(temperature >= 0 && temperature.isFinite) { return "temperature \(temperature) is not 0 or more" }
    if topK < 0 { return "top-k \(topK) is not 0 or more" }
    if !(topP > 0 && topP <= 1) { return "top-p \(topP) is not above 0 and at most 1" }
    if !(minP >= 0 && minP < 1) { return "min-p \(minP) is not from 0 to below 1" }
    if !(repetitionPenalty > 0 && repetitionPenalty.isFinite) {
      return "repetition penalty \(repetitionPenalty) is not above 0"
    }
    return repetitionWindow < 0 ? "repetition window \(repetitionWindow) is not 0 or more" : nil
  }
}
