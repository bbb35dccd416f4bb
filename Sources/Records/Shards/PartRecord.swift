/// A run whose cells stand in a merged record: what is no longer to be seen from the merged one.
public struct PartRecord: Codable, Sendable, Equatable {
  /// The id of its own record.
  public var id: String
  /// Which of how many shards it ran: "2/3"; absent where it ran the whole suite.
  public var shard: String?
  /// When it started, ISO-8601 UTC.
  public var startedAt: String
  /// When its last cell finished; absent where it did not come to an end.
  public var finishedAt: String?
  /// Whether it ran to its end.
  public var status: RunStatus
  /// The program that measured.
  public var tool: ToolIdentity
  /// Its command line, program name first.
  public var command: [String]
  /// The places of its cells among all cells of the suite, from 0.
  public var positions: [Int]

  enum CodingKeys: String, CodingKey {
    case id, shard, status, tool, command, positions
    case startedAt = "started_at"
    case finishedAt = "finished_at"
  }

  /// Makes an entry.
  public init(
    id: String, shard: String?, startedAt: String, finishedAt: String?, status: RunStatus, tool: ToolIdentity,
    command: [String], positions: [Int]
  ) {
    self.id = id
    self.shard = shard
    self.startedAt = startedAt
    self.finishedAt = finishedAt
    self.status = status
    self.tool = tool
    self.command = command
    self.positions = positions
  }
}
