/// The suite that was run; its text is embedded so that a record explains itself.
public struct SuiteIdentity: Codable, Sendable, Equatable {
  /// The suite's name.
  public var name: String
  /// SHA-256 of the text, in hexadecimal.
  public var sha256: String
  /// The TOML text as it was read; for `tern bench`, the equivalent suite.
  public var text: String
  /// The question that the suite asks.
  public var question: String?
  /// The prose that the report prints above the results.
  public var analysis: String?

  /// Makes an identity.
  public init(name: String, sha256: String, text: String, question: String?, analysis: String?) {
    self.name = name
    self.sha256 = sha256
    self.text = text
    self.question = question
    self.analysis = analysis
  }
}
