/// What became of a cell.
public enum Outcome: Codable, Sendable, Equatable {
  /// Not run yet; a partial record holds these.
  case pending
  /// Ran.
  case ok
  /// Could not be run here, and this is why: too large, an instruction set that is missing.
  case skipped(reason: String)
  /// Was run and went wrong.
  case failed(reason: String)

  enum CodingKeys: String, CodingKey { case state, reason }

  /// Reads `{"state": "skipped", "reason": "…"}`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let state = try container.decode(String.self, forKey: .state)
    switch state {
    case "pending": self = .pending
    case "ok": self = .ok
    case "skipped": self = .skipped(reason: try container.decode(String.self, forKey: .reason))
    case "failed": self = .failed(reason: try container.decode(String.self, forKey: .reason))
    default:
      throw DecodingError.dataCorruptedError(
        forKey: .state, in: container, debugDescription: "unknown outcome \"\(state)\"")
    }
  }

  /// Writes `{"state": "ok"}`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(state, forKey: .state)
    try container.encodeIfPresent(reason, forKey: .reason)
  }

  /// "pending", "ok", "skipped" or "failed".
  public var state: String {
    switch self {
    case .pending: "pending"
    case .ok: "ok"
    case .skipped: "skipped"
    case .failed: "failed"
    }
  }

  /// Why a cell was skipped or failed.
  public var reason: String? {
    switch self {
    case .pending, .ok: nil
    case .skipped(let reason), .failed(let reason): reason
    }
  }
}
