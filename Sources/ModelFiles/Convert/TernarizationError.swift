/// What making the projections of one role ternary did to their weights.
public struct TernarizationError: Sendable, Equatable {
  /// The projections, by what they are called among those of all layers: "ffn_gate".
  public var role: String
  /// How many tensors there are.
  public var tensors: Int
  /// ‖W − t·g‖ / ‖W‖ over all of them, with the scales g as they are stored; 0 where all weights are 0.
  public var relativeError: Double
  /// The share of weights that became 0.
  public var zeroShare: Double

  /// Makes a value.
  public init(role: String, tensors: Int, relativeError: Double, zeroShare: Double) {
    self.role = role
    self.tensors = tensors
    self.relativeError = relativeError
    self.zeroShare = zeroShare
  }
}
