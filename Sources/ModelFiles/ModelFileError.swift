/// Says what is wrong with a model file: which file, which part of it, what, and what to do next.
public struct ModelFileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file as it was opened.
  public let file: String
  /// The tensor or key, where one is at fault.
  public let part: String?
  /// What is wrong, and what to do next.
  public let problem: String

  /// Makes an error.
  public init(file: String, part: String? = nil, problem: String) {
    self.file = file
    self.part = part
    self.problem = problem
  }

  /// "file: part: problem".
  public var description: String { "\(file): \(part.map { "\($0): " } ?? "")\(problem)" }
}
