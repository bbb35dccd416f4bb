/// Where the time of a cell goes, operation by operation: one more pass of its work behind the last window, with a clock
/// read after every operation.
///
/// Rates come from the windows alone. What reading the clock costs shows in `timeWallNs` over the time that one iteration
/// takes in a window.
public struct TimeBreakdownRecord: Codable, Sendable, Equatable {
  /// Tokens of the pass: prompt and generated tokens together.
  public var tokens: Int
  /// Wall time of the pass.
  public var timeWallNs: Int
  /// Operation (see `ForwardOperation.all`) to its time, over all layers and tokens of the pass; one that did not run is
  /// absent.
  public var timeByOperationNs: [String: Int]
  /// Kind of layer (see `ForwardLayerKind.all`) to the time of its operations, which are those above; absent in records
  /// of builds that did not tell them apart.
  public var timeByLayerKindNs: [String: Int]?
  /// How often threads were sent to work and waited for.
  public var forkJoins: Int

  enum CodingKeys: String, CodingKey {
    case tokens
    case timeWallNs = "time_wall_ns"
    case timeByOperationNs = "time_by_operation_ns"
    case timeByLayerKindNs = "time_by_layer_kind_ns"
    case forkJoins = "fork_joins"
  }

  /// Makes a breakdown.
  public init(
    tokens: Int, timeWallNs: Int, timeByOperationNs: [String: Int], timeByLayerKindNs: [String: Int]? = nil,
    forkJoins: Int
  ) {
    self.tokens = tokens
    self.timeWallNs = timeWallNs
    self.timeByOperationNs = timeByOperationNs
    self.timeByLayerKindNs = timeByLayerKindNs
    self.forkJoins = forkJoins
  }

  /// What no operation took: choosing tokens, and what lies between two passes over the layers.
  public var timeBetweenNs: Int { timeWallNs - timeByOperationNs.values.reduce(0, +) }

  /// The operations that ran, in the order of `ForwardOperation.all`; behind them, by name, those that this build does
  /// not know.
  public var operations: [ForwardOperation] {
    let known = ForwardOperation.all.filter { timeByOperationNs[$0.name] != nil }
    let others = Set(timeByOperationNs.keys).subtracting(known.map(\.name)).sorted()
    return known + others.map { ForwardOperation($0, .other, $0) }
  }
}
