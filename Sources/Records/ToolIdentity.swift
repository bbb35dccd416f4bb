/// The program that measured, exactly.
public struct ToolIdentity: Codable, Sendable, Equatable {
  /// "tern".
  public var name: String
  /// The released version.
  public var version: String
  /// The git commit of the build, when it was known.
  public var commit: String?
  /// Whether the work tree had uncommitted changes when it was built.
  public var dirty: Bool?
  /// The Swift compiler's version.
  public var swift: String?
  /// The C compiler's version.
  public var clang: String?
  /// "release" or "debug".
  public var configuration: String

  /// Makes an identity.
  public init(
    name: String, version: String, commit: String?, dirty: Bool?, swift: String?, clang: String?, configuration: String
  ) {
    self.name = name
    self.version = version
    self.commit = commit
    self.dirty = dirty
    self.swift = swift
    self.clang = clang
    self.configuration = configuration
  }
}
