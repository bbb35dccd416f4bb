/// What the float masters of a model's projections are like, and what rounding makes of them.
public struct TrainingWeights: Codable, Sendable, Equatable {
  /// One projection of one layer.
  public struct Matrix: Codable, Sendable, Equatable {
    /// The decoder layer, from 0.
    public var layer: Int
    /// "q", "k", "v", "o", "gate", "up" or "down".
    public var projection: String
    /// g, the mean magnitude of the masters, by which they are divided before they are rounded.
    public var meanMagnitude: Double
    /// Masters below −g/2, which become −1.
    public var minusOnes: Int
    /// Masters between, which become 0.
    public var zeros: Int
    /// Masters above g/2, which become +1.
    public var plusOnes: Int
    /// Masters below the histogram's first bin.
    public var below: Int
    /// Masters above its last.
    public var above: Int
    /// Masters by their quotient by g: `TrainingWeights.bins` equal bins over ±`TrainingWeights.range`.
    public var histogram: [Int]

    enum CodingKeys: String, CodingKey {
      case layer, projection, zeros, below, above, histogram
      case meanMagnitude = "mean_magnitude"
      case minusOnes = "minus_ones"
      case plusOnes = "plus_ones"
    }

    /// Makes the numbers of a matrix.
    public init(
      layer: Int, projection: String, meanMagnitude: Double, minusOnes: Int, zeros: Int, plusOnes: Int, below: Int,
      above: Int, histogram: [Int]
    ) {
      self.layer = layer
      self.projection = projection
      self.meanMagnitude = meanMagnitude
      self.minusOnes = minusOnes
      self.zeros = zeros
      self.plusOnes = plusOnes
      self.below = below
      self.above = above
      self.histogram = histogram
    }

    /// All masters.
    public var count: Int { minusOnes + zeros + plusOnes }
  }

  /// Bins of a histogram: an eighth of g each, so that the thresholds ±g/2 fall between two.
  public static let bins = 64
  /// Where a histogram ends on either side, in units of g; a normal deviate lies beyond with a probability of 0.0014.
  public static let range = 4.0

  /// The steps that the weights have seen; absent where the file does not say.
  public var step: Int?
  /// Layer by layer, each projection once.
  public var matrices: [Matrix]

  /// Makes the weights of a model.
  public init(step: Int?, matrices: [Matrix]) {
    self.step = step
    self.matrices = matrices
  }
}
