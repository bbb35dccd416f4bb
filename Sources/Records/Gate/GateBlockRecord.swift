/// The order of the four processes of a block, A the base and B the head: drift in a straight line cancels in both.
public enum BlockOrder: String, Codable, Sendable, CaseIterable {
  /// Base, head, head, base.
  case abba
  /// Head, base, base, head.
  case baab

  /// Whether each of the four processes in turn is the head's.
  public var isHead: [Bool] {
    switch self {
    case .abba: [false, true, true, false]
    case .baab: [true, false, false, true]
    }
  }
}

/// Why a block was run: at which look, or to confirm a flag.
public enum GateStage: Codable, Sendable, Hashable, CustomStringConvertible {
  /// A look, counted from 1.
  case look(Int)
  /// Fresh blocks, after a flag.
  case confirmation

  /// Reads "look1" or "confirmation".
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    if text == "confirmation" {
      self = .confirmation
    } else if text.hasPrefix("look"), let number = Int(text.dropFirst(4)), 1...99 ~= number {
      self = .look(number)
    } else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "unknown stage \"\(text)\"")
    }
  }

  /// Writes "look1" or "confirmation".
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  /// "look1" or "confirmation".
  public var description: String {
    switch self {
    case .look(let number): "look\(number)"
    case .confirmation: "confirmation"
    }
  }
}

/// The values of one metric in one block, so that a verdict can be computed again.
public struct GateBlockRecord: Codable, Sendable, Equatable {
  /// Why the block was run.
  public var stage: GateStage
  /// The order of its processes.
  public var order: BlockOrder
  /// The base's values, in the order in which they were measured; empty where there are none.
  public var base: [Double]
  /// The head's values, in the order in which they were measured; empty where there are none.
  public var head: [Double]
  /// Why the block does not count: ids of vetoes, or what is wrong with its values in words; absent where it counts.
  public var dropped: [String]?

  /// Makes a block.
  public init(stage: GateStage, order: BlockOrder, base: [Double], head: [Double], dropped: [String]? = nil) {
    self.stage = stage
    self.order = order
    self.base = base
    self.head = head
    self.dropped = dropped
  }
}
